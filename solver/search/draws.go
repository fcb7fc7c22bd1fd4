package search

import (
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
	"allot/solver/search/optimize"
)

// draws are the values of every agent in every draw, row by row, with the
// weight of each row; weights sum to 1. A market of numbers has one row.
type draws struct {
	agents  int
	values  []float64
	weights []float64
	// scale is E max v, the unit in which violations and certificates are given.
	scale float64
	// tail marks the rows that make up the top 0.1 % of max v by weight; nil for
	// a market of numbers.
	tail []bool
}

func (d *draws) len() int            { return len(d.weights) }
func (d *draws) row(k int) []float64 { return d.values[k*d.agents : (k+1)*d.agents] }
func (d *draws) single() bool        { return len(d.weights) == 1 }

// component is a random number that goes into values: an agent's own part or
// a common component.
type component struct {
	value mechanisms.Distribution
	// stretch is k in p = 1-(1-u)^k: how much more often the upper tail is drawn.
	stretch float64
}

// newDraws draws the market's values: scrambled Sobol points from the seed, so that
// each component is stratified by quantile. Components with a tail so heavy that
// a plain mean of draws would not settle (no variance) are drawn by p = 1-(1-u)^k,
// dp/du = k(1-u)^(k-1) being the weight of the draw: for a Pareto tail of index
// alpha any k > 1/(2(1-1/alpha)) makes the variance of the weighted mean finite.
func newDraws(m *mechanisms.Market, count int, seed uint64) (*draws, error) {
	n := len(m.Agents)
	if values, ok := m.Known(nil); ok {
		d := &draws{agents: n, values: values, weights: []float64{1}}
		for _, v := range values {
			d.scale = math.Max(d.scale, v)
		}
		return d, nil
	}
	parts := partsOf(m)
	size := 1
	for size < count {
		size *= 2
	}
	width := len(parts.components)
	points := optimize.Points(size, width, seed)
	if points == nil {
		return nil, fmt.Errorf("search: %d draws of %d components are too many", size, width)
	}
	d := &draws{agents: n, values: make([]float64, size*n), weights: make([]float64, size), tail: make([]bool, size)}
	total := 0.0
	drawn := make([]float64, width)
	for k := range size {
		weight := parts.draw(points[k*width:(k+1)*width], drawn)
		row := d.row(k)
		top := 0.0
		for i := range n {
			row[i] = part(m.Agents[i].Value, parts.own[i], drawn)
			if c := m.Agents[i].Common; c != nil {
				row[i] *= part(c.Value, parts.shared[i], drawn)
			}
			top = math.Max(top, row[i])
		}
		d.weights[k] = weight
		total += weight
		d.scale += weight * top
	}
	for k := range d.weights {
		d.weights[k] /= total
	}
	d.scale /= total
	d.markTail()
	return d, nil
}

// parts are the random numbers of a market: own is the component of each agent's own part, -1 if
// that is a number, shared that of its common component, -1 if there is none or it is a number.
type parts struct {
	components  []component
	own, shared []int
}

func partsOf(m *mechanisms.Market) *parts {
	n := len(m.Agents)
	p := &parts{own: make([]int, n), shared: make([]int, n)}
	commons := make(map[*mechanisms.Common]int)
	for i := range m.Agents { // common components first: the best dimensions of a Sobol point
		c := m.Agents[i].Common
		p.shared[i] = -1
		if c == nil {
			continue
		}
		k, seen := commons[c]
		if !seen {
			k = p.add(c.Value)
			commons[c] = k
		}
		p.shared[i] = k
	}
	for i := range m.Agents {
		p.own[i] = p.add(m.Agents[i].Value)
	}
	heavy := 0
	for _, c := range p.components {
		if tailIndex(c.value) < 2.5 {
			heavy++
		}
	}
	for k := range p.components {
		if alpha := tailIndex(p.components[k].value); alpha < 2.5 {
			want := math.Min(12, math.Max(2, 0.75/(1-1/alpha)))
			// Weights multiply over components: keep their product bounded.
			p.components[k].stretch = 1 + (want-1)/float64(heavy)
		}
	}
	return p
}

// add returns the place of a new component, -1 for a number.
func (p *parts) add(v mechanisms.Distribution) int {
	if _, ok := v.(mechanisms.Point); ok {
		return -1
	}
	p.components = append(p.components, component{value: v, stretch: 1})
	return len(p.components) - 1
}

// draw writes the components at a point of the unit cube and returns the draw's weight.
func (p *parts) draw(point, drawn []float64) (weight float64) {
	weight = 1
	for j, c := range p.components {
		u := point[j]
		if c.stretch > 1 {
			weight *= c.stretch * math.Pow(1-u, c.stretch-1)
			u = -math.Expm1(c.stretch * math.Log1p(-u))
		}
		drawn[j] = c.value.Quantile(u)
	}
	return weight
}

// part is a factor of a value: what was drawn for its component, or the number.
func part(v mechanisms.Distribution, component int, drawn []float64) float64 {
	if component >= 0 {
		return drawn[component]
	}
	return float64(v.(mechanisms.Point))
}

// tailIndex estimates the Pareto index of the upper tail from two far quantiles:
// infinite for bounded supports, large for log-normals.
func tailIndex(v mechanisms.Distribution) float64 {
	if _, high := v.Support(); !math.IsInf(high, 1) {
		// A sample's tail is bounded by its largest value, but it may well look heavy.
		near, far := v.Quantile(0.99), v.Quantile(0.9999)
		if near > 0 && far > 4*near {
			return math.Max(1.05, math.Log(100)/math.Log(far/near))
		}
		return math.Inf(1)
	}
	near, far := v.Quantile(1-1e-6), v.Quantile(1-1e-9)
	if !(near > 0) || !(far > near) {
		return math.Inf(1)
	}
	return math.Max(1.05, math.Log(1e3)/math.Log(far/near))
}

// markTail marks the top 0.1 % of max v by weight.
func (d *draws) markTail() {
	order := make([]int, d.len())
	top := make([]float64, d.len())
	for k := range order {
		order[k] = k
		for _, v := range d.row(k) {
			top[k] = math.Max(top[k], v)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return top[order[a]] > top[order[b]] })
	sum := 0.0
	for _, k := range order {
		if sum += d.weights[k]; sum > 1e-3*(1+1e-9) && sum-d.weights[k] > 0 {
			return
		}
		d.tail[k] = true
	}
}
