package benchmarks

import (
	"context"
	"reflect"
	"testing"

	"allot/mechanisms/distributions"
	"allot/solver/equilibrium/slots"
)

// million is a ticket market of a million slots with ten holders of Stichler's (2024)
// ranges.
func million(tb testing.TB, workers int) slots.Sales {
	tb.Helper()
	reward, err := distributions.NewExponential(30)
	if err != nil {
		tb.Fatal(err)
	}
	s := slots.Sales{
		Posting: slots.EIP1559{Target: 50, Factor: 8}, Price: 20, Offer: 4,
		Reward: reward, Slots: 10_000, Runs: 100, Seed: 1, Workers: workers,
	}
	for i := range 10 {
		s.Buyers = append(s.Buyers, slots.Buyer{Capture: 0.95 - 0.03*float64(i), Capital: 1e-5 * float64(i), Funds: 400 + 50*float64(i)})
	}
	return s
}

func BenchmarkMillionSlots(b *testing.B) {
	b.ReportAllocs()
	s := million(b, 2)
	for b.Loop() {
		if _, err := s.Run(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// One seed gives one answer, to the last bit, however the work is shared out.
func TestMillionSlotsOnAnyNumberOfWorkers(t *testing.T) {
	s := million(t, 1)
	s.Runs = 20
	want, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 7} {
		s.Workers = workers
		got, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers: %+v, one worker: %+v", workers, got, want)
		}
	}
}
