package mechanisms

import "testing"

func TestAmong(t *testing.T) {
	m, err := NewContest(Ratio{Exponent: 1, Weights: []float64{1, 2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	two, err := Among(m, []int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	out := NewOutcome(2)
	two.Allot([]float64{1, 1}, out)
	if out.Win[0] != 0.75 || out.Win[1] != 0.25 {
		t.Errorf("shares %v, want 3/4, 1/4", out.Win)
	}
	l, err := NewLottery(Lot{Weights: []float64{5, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if two, err = Among(l, []int{1, 7}); err != nil { // beyond the weights: 1
		t.Fatal(err)
	}
	two.Allot([]float64{1, 1}, out)
	if out.Win[0] != 0.5 {
		t.Errorf("shares %v, want halves", out.Win)
	}
	a, err := NewAuction(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := Among(a, []int{0}); err != nil || same != Mechanism(a) {
		t.Errorf("an auction of one: %v, %v", same, err)
	}
}
