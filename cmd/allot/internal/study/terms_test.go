package study

import (
	"strings"
	"testing"
)

// Terms belong to any family: a switch is true or false, a range or a number.
func TestTermsOfAStudy(t *testing.T) {
	const market = "market: {myopic: true, premium: 0.48, agents: [{value: 4}, {value: 2}]}\n"
	s, err := Parse("study", []byte(market+"mechanisms: [{family: contest, lookahead: 32, resale: true, oversight: 0.8, oversightNoise: 0.1, floor: 0.9}, {family: lottery, resale: false}]"))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Problem.Market.Myopic {
		t.Error("the market is not myopic")
	}
	d, err := s.Problem.Spaces[0].At(nil)
	if err != nil {
		t.Fatal(err)
	}
	if x := d.Terms; !x.Resale || x.Lookahead != 32 || x.Oversight != 0.8 || x.Noise != 0.1 || x.Residual < 0.0999 || x.Residual > 0.1001 {
		t.Errorf("%+v", x)
	}
	if d, err = s.Problem.Spaces[1].At(nil); err != nil || d.Terms.Resale {
		t.Errorf("%+v, %v", d.Terms, err)
	}
	for text, says := range map[string]string{
		"{family: auction, resale: maybe}":      "resale: expected true, false or a range",
		"{family: auction, resale: 2}":          "2 is not a number in [0, 1]",
		"{family: auction, oversight: 1.5}":     "1.5 is not a number in [0, 1]",
		"{family: auction, oversightNoise: -1}": "oversightNoise",
		"{family: auction, oversigt: 0.5}":      "unknown key",
	} {
		if _, err := Parse("study", []byte(market+"mechanisms: ["+text+"]")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
	if _, err := Parse("study", []byte(strings.Replace(market, "true", "7", 1)+"mechanisms: [{family: auction}]")); err == nil || !strings.Contains(err.Error(), "myopic") {
		t.Errorf("myopic: %v", err)
	}
}
