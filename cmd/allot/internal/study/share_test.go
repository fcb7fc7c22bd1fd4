package study

import (
	"math"
	"testing"

	"allot/solver/cartel"
)

// The article's schedule, written out, is 2/(k+2)!: 1, 1/3, 1/12, 1/60.
func TestShares(t *testing.T) {
	d := &decoder{file: "s"}
	for _, c := range []struct {
		text string
		want [4]float64
	}{
		{"article", [4]float64{1, 1. / 3, 1. / 12, 1. / 60}},
		{"2/factorial(k+2)", [4]float64{1, 1. / 3, 1. / 12, 1. / 60}},
		{"1.5", [4]float64{1.5, 1.5, 1.5, 1.5}},
		{"5/(k+1)", [4]float64{5, 2.5, 5. / 3, 1.25}},
		{"k < 2 ? 3 : 1", [4]float64{3, 3, 1, 1}},
		{"2^-k", [4]float64{1, 0.5, 0.25, 0.125}},
		{"max(0, 2-k) + min(k, 1) - abs(-k)", [4]float64{2, 1, -1, -2}},
		{"sqrt(floor(k/2)) * exp(log(4))", [4]float64{0, 0, 4, 4}},
	} {
		share, _, err := d.share(&node{form: plain, text: c.text, line: 1, column: 1})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		for k, want := range c.want {
			if got := share(k); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s at %d is %g, want %g", c.text, k, got, want)
			}
		}
	}
	for _, text := range []string{"", "k +", "n", "1..9", "[1]", "k in 3", "len(k)", "min()", "sqrt(1, 2)", "not k", "\"a\"", "k.x", "map(1..9, 1)", "$env", "-1"} {
		if _, _, err := d.share(&node{form: plain, text: text, line: 1, column: 1}); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestCartelBlock(t *testing.T) {
	s, err := Parse("s", []byte(`market: {agents: [{name: Alice, value: 30}, {name: Bob, value: 20}, {name: Carol, value: 10}], discount: 0.9}
mechanisms: [{family: auction}]
cartel:
  ring: [Carol, Alice, Bob]
  monitoring: {lag: 2, falseAlarms: 0.1}
  oversight: 0.5
  entry: {share: article, bound: [4, 6], newcomers: [15]}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := s.Cartel
	if c.Ring[0] != 0 || c.Ring[2] != 2 {
		t.Errorf("the ring %v is not in the market's order", c.Ring)
	}
	if (c.Monitoring != cartel.Monitoring{Lag: 2, FalseAlarm: 0.1}) || c.Oversight != 0.5 {
		t.Errorf("monitoring %+v, oversight %g", c.Monitoring, c.Oversight)
	}
	if e := c.Entry; e == nil || len(e.Bound) != 2 || e.Bound[1] != 6 || e.Newcomers[0] != 15 || e.Share(1) != 1./3 {
		t.Errorf("entry %+v", c.Entry)
	}
	if err := c.Refuse("oversight", "no", "").(*Error); err.Line != 6 || err.Column != 14 {
		t.Errorf("refused at %d:%d", err.Line, err.Column)
	}
	for _, block := range []string{
		"{entry: {bound: 4}}", "{entry: {share: 1}}", "{entry: {share: 1, bound: []}}", "{entry: {share: 1, bound: 1e9}}", "{entry: 3}",
		"{entry: {share: 1, bound: 4, newcomers: [-1]}}", "{entry: {share: 1/k, bound: 4}}", "{monitoring: {lag: -1}}", "{monitoring: {falseAlarms: 1}}",
		"{oversight: 2}", "{ring: [Alice, Bob], entry: {share: 1, bound: 4}}",
	} {
		_, err := Parse("s", []byte("market: {agents: [{name: Alice, value: 30}, {name: Bob, value: 20}, {name: Carol, value: 10}], discount: 0.9}\nmechanisms: [{family: auction}]\ncartel: "+block+"\n"))
		if e, ok := err.(*Error); !ok || e.Line != 3 {
			t.Errorf("%s: %v", block, err)
		}
	}
}
