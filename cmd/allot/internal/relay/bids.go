package relay

import (
	"fmt"
	"math/big"
	"sort"
	"strings"
)

// bids is the study of one slot's bids: each builder's value is its best bid.
func (l *ledger) bids() string {
	type bidder struct {
		key   string
		value *big.Int
	}
	all := make([]bidder, 0, len(l.best))
	keys := make([]string, 0, len(l.best))
	for key, value := range l.best {
		all = append(all, bidder{key, value})
		keys = append(keys, key)
	}
	sort.Slice(all, func(i, j int) bool {
		if c := all[i].value.Cmp(all[j].value); c != 0 {
			return c > 0
		}
		return all[i].key < all[j].key
	})
	names := shorten(keys)
	var b strings.Builder
	fmt.Fprintf(&b, "# Slot %d, as a relay saw it: which mechanism brings most from its builders?\n#\n", l.first)
	fmt.Fprintf(&b, "# %s, %s. A builder's value is its best bid, in ETH: a lower bound on what\n", count(l.entries, "bid"), count(len(all), "builder"))
	b.WriteString("# the slot was worth to it, which builders in an open auction all see. No reserve or\n")
	b.WriteString("# price is searched: set after the bids are known it would take the highest value.\n")
	b.WriteString("market:\n  information: complete\n  agents:\n")
	for _, a := range all {
		fmt.Fprintf(&b, "    - {name: %s, value: %s}\n", quote(names[a.key]), decimal(a.value, l.digits))
	}
	b.WriteString(`mechanisms:
  - {family: auction, pricing: first}
  - {family: auction, pricing: second}
  - {family: auction, pricing: all-pay}
  - {family: contest, exponent: {from: 0.05, to: 3}}
  - {family: lottery}
objective: revenue
constraints:
  - individual-rationality
  - best-response
search: {evaluations: 200, seed: 1}
`)
	return b.String()
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// shorten gives each key the shortest beginning, of 10 characters or more, that no
// other key has.
func shorten(keys []string) map[string]string {
	order := append([]string(nil), keys...)
	sort.Strings(order)
	names := make(map[string]string, len(order))
	common := func(a, b string) int {
		n := 0
		for n < len(a) && n < len(b) && a[n] == b[n] {
			n++
		}
		return n
	}
	for i, key := range order {
		n := 10
		if i > 0 {
			n = max(n, common(key, order[i-1])+1)
		}
		if i+1 < len(order) {
			n = max(n, common(key, order[i+1])+1)
		}
		names[key] = key[:min(n, len(key))]
	}
	return names
}

// decimal writes a whole number of units of 10^-digits without losing any.
func decimal(x *big.Int, digits int) string {
	text := x.String()
	if len(text) <= digits {
		text = strings.Repeat("0", digits-len(text)+1) + text
	}
	whole, fraction := text[:len(text)-digits], strings.TrimRight(text[len(text)-digits:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// quote writes a text as YAML and JSON do.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}
