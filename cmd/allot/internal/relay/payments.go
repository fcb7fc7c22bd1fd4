package relay

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// medianGap is the median of ln(winner's value / best rival's) over the slots of
// three relays in which all bids were seen: builders' values are nearly common.
const medianGap = 0.008

// factors is the model of builders' own factors: e_i on [0, high] with
//
//	F_i(e) = (e/high)^k_i,   k_i = strength * share_i
//
// The highest factor is i's with probability k_i / sum k exactly, so that the
// builders win as often as in the data, and ln(e_(1)/e_(2)) is exponential with
// rate strength - k_i when i is first. Strength fits that gap's median; high makes
// the runner-up's factor 1 on average, so that the runner-up's value, which is what
// an open auction pays, has the mean of the payments.
type factors struct {
	exponents []float64
	high      float64
}

// fit finds the factors for shares that sum to 1; there are two or more.
func fit(shares []float64, gap float64) factors {
	// P(ln gap > x) = sum_i share_i exp(-strength (1-share_i) x) falls in strength.
	above := func(strength float64) float64 {
		sum := 0.0
		for _, s := range shares {
			sum += s * math.Exp(-strength*(1-s)*gap)
		}
		return sum
	}
	low, high := 0.0, 1.0
	for above(high) > 0.5 && high < 1e12 {
		high *= 2
	}
	for range 200 {
		mid := (low + high) / 2
		if above(mid) > 0.5 {
			low = mid
		} else {
			high = mid
		}
	}
	f := factors{exponents: make([]float64, len(shares))}
	for i, s := range shares {
		f.exponents[i] = high * s
	}
	f.high = 1 / second(f.exponents)
	return f
}

// second is the mean of the second highest of factors on [0, 1]:
// F_(2)(e) = sum_i e^(K-k_i) - (n-1) e^K with K = sum k.
func second(exponents []float64) float64 {
	total := 0.0
	for _, k := range exponents {
		total += k
	}
	mean := 1 + float64(len(exponents)-1)/(total+1)
	for _, k := range exponents {
		mean -= 1 / (total - k + 1)
	}
	return mean
}

// table is a piecewise-linear quantile function.
type table struct{ p, v []float64 }

// levels are the probabilities between which the table has a piece, finer in the
// tail, where a few slots hold much of the value.
var levels = []float64{
	0, 0.001, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85,
	0.9, 0.925, 0.95, 0.965, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999, 0.999999, 1,
}

// summarise makes the table of a sample, which it sorts. Each piece has the mean of
// the observations in it, so that no mean is lost, neither of the whole nor of the
// tail: between the values a and b at its ends, with mean m and r = (m-a)/(b-a), it
// has a knot of value m at the fraction 1-r.
func summarise(sample []float64) table {
	sort.Float64s(sample)
	n := len(sample)
	var t table
	put := func(p, v float64) {
		if k := len(t.p); k == 0 || p > t.p[k-1] || v > t.v[k-1] {
			t.p, t.v = append(t.p, p), append(t.v, v)
		}
	}
	at := func(i int) float64 { return sample[min(i, n-1)] }
	put(0, at(0))
	from := 0
	for _, level := range levels[1:] {
		to := int(math.Round(level * float64(n)))
		if to <= from {
			continue
		}
		a, b := at(from), at(to)
		mean := 0.0
		for _, v := range sample[from:to] {
			mean += (v - a) / float64(to-from)
		}
		p, q := float64(from)/float64(n), float64(to)/float64(n)
		if r := mean / (b - a); b > a && r < 1 {
			put(p+(1-r)*(q-p), a+mean)
		}
		put(q, b)
		from = to
	}
	return t
}

// mean is the mean of the table.
func (t table) mean() float64 {
	sum := 0.0
	for k := 1; k < len(t.p); k++ {
		sum += (t.p[k] - t.p[k-1]) * (t.v[k] + t.v[k-1]) / 2
	}
	return sum
}

// member is a builder, or all those that are too small to be kept apart.
type member struct {
	name string
	wins int
}

// members are the builders that won most, at most n of them, and the others as one.
func (l *ledger) members(n int) []member {
	keys := l.builders
	short := map[string]string{}
	if len(keys) > 0 && strings.HasPrefix(keys[0], "0x") {
		short = shorten(keys)
	}
	all := make([]member, len(keys))
	for i, key := range keys {
		name := printable(key)
		switch {
		case l.options.Names[key] != "":
			name = l.options.Names[key]
		case short[key] != "":
			name = short[key]
		default:
			name = "builder " + name
		}
		all[i] = member{name, l.wins[i]}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].wins > all[j].wins })
	if len(all) > n {
		rest := 0
		for _, m := range all[n:] {
			rest += m.wins
		}
		all = append(all[:n:n], member{fmt.Sprintf("%d others", len(all)-n), rest})
	}
	// Two builders may go by one name.
	taken := map[string]bool{}
	for i := range all {
		name := all[i].name
		for k := 2; taken[all[i].name]; k++ {
			all[i].name = fmt.Sprintf("%s (%d)", name, k)
		}
		taken[all[i].name] = true
	}
	return all
}

// market is the study of many slots' payments: an empirical common value times
// each builder's own factor.
func (l *ledger) market() (string, error) {
	n := l.options.Builders
	if n <= 0 {
		n = 8
	}
	builders := l.members(n)
	slots := len(l.payments)
	quantiles := summarise(l.payments)
	if low, high := quantiles.v[0], quantiles.v[len(quantiles.v)-1]; low == high {
		return "", &Error{File: l.file, Message: fmt.Sprintf("every payment is %s ETH: there is no distribution to draw from", digits(low))}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# What %d slots' payments say about the builders: which mechanism brings most?\n#\n", slots)
	b.WriteString(`# A payment is a lower bound on the slot's value. The builders' values are nearly
# common: value = common * own factor. The common component is the payments' quantile
# table (ETH; each piece keeps the mean of its payments, finer in the tail).
`)
	if len(builders) > 1 {
		fmt.Fprintf(&b, `# Factors are power-distributed: a builder wins with its share of the slots in the
# data, the median of ln(highest value / second highest) is %s, as in slots where every
# bid was seen, and the second highest value has the mean of the payments, %s ETH.
`, digits(medianGap), digits(quantiles.mean()))
	}
	information := "complete"
	if l.options.Private {
		information = "private"
		b.WriteString("# Builders know the common component and their own factor, not the others' factors.\n")
	}
	fmt.Fprintf(&b, "market:\n  information: %s\n  agents:\n    - name: builders\n      common:\n        quantiles:\n", information)
	b.WriteString("          probabilities: ")
	row(&b, quantiles.p)
	b.WriteString("          values: ")
	row(&b, quantiles.v)
	b.WriteString("      knows: both\n      members:\n")
	shares := make([]float64, len(builders))
	for i, m := range builders {
		shares[i] = float64(m.wins) / float64(slots)
	}
	if len(builders) == 1 {
		fmt.Fprintf(&b, "        - {name: %s, value: 1}\n", quote(builders[0].name))
	} else {
		f := fit(shares, medianGap)
		for i, m := range builders {
			fmt.Fprintf(&b, "        - {name: %s, value: {power: {exponent: %s, high: %s}}} # %.3g %% of the slots\n",
				quote(m.name), exact(f.exponents[i]), exact(f.high), 100*shares[i])
		}
	}
	b.WriteString("mechanisms:\n  - {family: auction, pricing: second}\n")
	high := digits(l.payments[min(slots-1, slots*9/10)])
	if l.options.Private {
		b.WriteString("  - {family: auction, pricing: first}\n")
		fmt.Fprintf(&b, "  - {family: auction, pricing: second, reserve: {from: 0, to: %s}}\n", high)
		fmt.Fprintf(&b, "  - {family: auction, pricing: first, reserve: {from: 0, to: %s}}\n", high)
		if len(builders) == 2 { // what is solved among agents that differ
			b.WriteString("  - {family: auction, pricing: all-pay}\n")
		}
	} else {
		fmt.Fprintf(&b, "  - {family: auction, pricing: first, reserve: {from: 0, to: %s}}\n", high)
		b.WriteString("  - {family: contest, exponent: {from: 0.1, to: 1}}\n  - {family: lottery}\n")
	}
	b.WriteString("objective: revenue\nconstraints:\n  - individual-rationality\n")
	if l.options.Private {
		b.WriteString("search: {evaluations: 60, seed: 1}\n")
	} else {
		b.WriteString("search: {evaluations: 60, draws: 4096, seed: 1}\n")
	}
	return b.String(), nil
}

// row writes a list of numbers, eight to a line.
func row(b *strings.Builder, xs []float64) {
	b.WriteByte('[')
	for i, x := range xs {
		switch {
		case i == 0:
		case i%8 == 0:
			b.WriteString(",\n            ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.FormatFloat(x, 'g', -1, 64))
	}
	b.WriteString("]\n")
}

func digits(x float64) string { return strconv.FormatFloat(x, 'g', 5, 64) }

func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
