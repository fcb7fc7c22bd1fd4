package relay_test

import (
	"strings"
	"testing"

	"allot/cmd/allot/internal/relay"
)

// Six slots, two by two: sums 3, 0 and 9 of mean 4 and deviation sqrt 14; one slot has mean
// 2 and variance (1+4+0+0+16+25)/6 - 4 = 11/3, so that two drawn apart have sqrt(22/3).
func TestWindows(t *testing.T) {
	const head = "slot,builder_id,kind,value_gwei\n"
	table := head + "100,1,m,1000000000\n101,2,m,2000000000\n103,1,m,0\n104,1,m,4000000000\n105,2,m,5000000000\n"
	text, err := relay.Import("payments.csv", strings.NewReader(table), relay.Options{Window: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"by 3 sums of payments", "mean 4 ETH", "deviation 3.7417, 0.935 times", "would have 2.708, 0.677 times",
		"empirical: [3, 0, 9]\n", "{name: second, value: 0.9920319", "capitalCost: 2.5446e-08", "supply: 2,", "supply: 64,",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, c := range []struct {
		table  string
		window int
		want   string
	}{
		{table, 4, "fewer than two windows"},
		{head + "100,1,m,1\n147,1,m,2\n194,1,m,3\n", 2, "those of half of them"},
		{head + "100,1,m,5\n101,1,m,5\n102,1,m,5\n103,1,m,5\n", 2, "no distribution"},
	} {
		if text, err := relay.Import("payments.csv", strings.NewReader(c.table), relay.Options{Window: c.window}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q by %d: %v\n%s", c.table, c.window, err, text)
		}
	}
}
