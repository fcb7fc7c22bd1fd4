package relay

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// slotRate is 3.4 % a year per slot, and mostWindows is how many sums a study lists one by
// one.
const (
	slotRate    = 1.2723e-8
	mostWindows = 5000
)

// windows is the study of tickets that win several slots in a row, such as an epoch: what
// such a ticket is worth has the moments of the payments' sums over so many slots, and
// payments that come together make them wider than as many slots drawn apart.
//
//	sums over [s, s+k), s from the first slot on, a slot without a payment bringing nothing
//
// The deviation is compared with sqrt(k) times that of one slot. Domain: two windows or more, at
// least half of whose slots have a payment. A test asserts both deviations of a hand-made table.
func (l *ledger) windows(k int) (string, error) {
	whole := func(hint, format string, args ...any) error {
		return &Error{File: l.file, Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	first, last := slices.Min(l.order), slices.Max(l.order)
	if span := last - first + 1; span/2 > uint64(len(l.order)) {
		return "", whole("leave --window out", "payments of %d of %d slots: sums over slots in a row need those of half of them", len(l.order), span)
	}
	n := int((last - first + 1) / uint64(k))
	if n < 2 {
		return "", whole("a smaller --window", "%d slots are fewer than two windows of %d", last-first+1, k)
	}
	sums, squares, total := make([]float64, n), 0.0, 0.0
	for i, s := range l.order {
		if w := int((s - first) / uint64(k)); w < n {
			sums[w] += l.payments[i]
			squares += l.payments[i] * l.payments[i]
			total += l.payments[i]
		}
	}
	mean, spread := total/float64(n), 0.0
	for _, x := range sums {
		spread += (x - mean) * (x - mean) / float64(n)
	}
	slot := total / float64(n*k)
	apart := math.Sqrt(float64(k) * math.Max(0, squares/float64(n*k)-slot*slot))
	if spread == 0 {
		return "", whole("", "every %d slots in a row bring %s ETH: there is no distribution to draw from", k, digits(mean))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# What is a ticket for %d slots in a row worth, by %d sums of payments? (allot slots)\n#\n", k, n)
	fmt.Fprintf(&b, `# A payment is a lower bound on the slot's value. Sums over %d slots have mean %s ETH and
# deviation %s, %.3g times the mean; slots drawn apart would have %s, %.3g times.
# The second builder is worth %s less in logarithm, the median of the best two where every bid
# was seen. Capital costs 3.4 %% a year; the unit of time is %d slots.
market:
  information: complete
  agents:
    - name: builders
      common:
`, k, digits(mean), digits(math.Sqrt(spread)), math.Sqrt(spread)/mean, digits(apart), apart/mean, digits(medianGap), k)
	if n <= mostWindows {
		b.WriteString("        empirical: ")
		row(&b, sums)
	} else {
		t := summarise(sums)
		b.WriteString("        quantiles:\n          probabilities: ")
		row(&b, t.p)
		b.WriteString("          values: ")
		row(&b, t.v)
	}
	rate := exact(slotRate * float64(k))
	fmt.Fprintf(&b, `      members:
        - {name: first, value: 1, capitalCost: %s}
        - {name: second, value: %s, capitalCost: %s}
mechanisms:
  - {family: tickets, eta: capped, supply: %d, conduct: price-taking}
  - {family: tickets, eta: capped, supply: %d, conduct: price-taking}
objective: revenue
search: {draws: 4096, seed: 1}
`, rate, exact(math.Exp(-medianGap)), rate, k, 32*k)
	return b.String(), nil
}
