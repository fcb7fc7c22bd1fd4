package rights

import (
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
)

// Resale is a right that is sold before values are known and that its holder may sell
// on just in time.
type Resale struct {
	// Holder is what holding the right is worth before values are known, Rival what
	// it is worth to be one of the others.
	Holder, Rival float64
	// Price is what the right sells for beforehand among equals, Holder - Rival.
	Price float64
	// Kept is the probability that the holder uses the slot itself.
	Kept float64
	// JustInTime is what the protocol would get from a second-price auction just in
	// time, Best the expected highest value.
	JustInTime, Best float64
}

// Resell computes the resale of a right among n agents whose values are independent
// draws from d. The holder, once it knows its value v, runs the auction that is best for
// it (Myerson 1981): with phi the ironed virtual value it earns E max(v, max_j phi(v_j)), and
// a rival wins if its phi exceeds v and the others'. Pai, Resnick (2024). Values are
// taken at the middle of 2^13 equally likely cells, phi as the slope of the concave hull
// of the revenue curve over the cell; errors are of second order, below 1e-6 of the mean where the
// density is smooth. A test asserts 7/12, 1/24, 13/24, 1/3 and 3/4 for two uniform
// values, and Kept = (2/n)(1 - 2^-n) for n.
func Resell(d mechanisms.Distribution, n int) (Resale, error) {
	if d == nil || n < 2 || n > 1<<20 {
		return Resale{}, fmt.Errorf("rights: resale among %d agents: there must be two or more, and a distribution", n)
	}
	if mean := d.Mean(); !finite(mean) {
		return Resale{}, fmt.Errorf("rights: resale: the mean value is %g", mean)
	}
	c, err := cellsOf(d)
	if err != nil {
		return Resale{}, err
	}
	value, virtual := c.value, c.virtual
	// Both ascend. below[k] is the probability that the highest phi of m others is in a
	// lower cell than k; within a cell ties are split, which the middle does.
	m := float64(n - 1)
	power := func(x, e float64) float64 { return math.Pow(x/cells, e) }
	var out Resale
	// tail[k] is E[max phi; max phi in cell k or above].
	tail := make([]float64, cells+1)
	for k := cells - 1; k >= 0; k-- {
		tail[k] = tail[k+1] + virtual[k]*(power(float64(k+1), m)-power(float64(k), m))
	}
	for k, v := range value {
		at := sort.SearchFloat64s(virtual, v) // the first cell with phi >= v
		out.Kept += math.Pow(below(virtual, v), m) / cells
		out.Holder += (v*power(float64(at), m) + tail[at]) / cells
		// Of the highest and the second highest value of n.
		out.Best += v * (power(float64(k+1), m+1) - power(float64(k), m+1))
		second := func(x float64) float64 { return (m+1)*power(x, m) - m*power(x, m+1) }
		out.JustInTime += v * (second(float64(k+1)) - second(float64(k)))
	}
	// A rival's profit is E[(v_j - phi_j); j wins], with the holder below phi_j.
	for k, phi := range virtual {
		if phi <= 0 {
			continue
		}
		ahead := power(float64(k)+0.5, m-1)
		if m == 1 {
			ahead = 1
		}
		out.Rival += (value[k] - phi) * ahead * d.CDF(phi) / cells
	}
	out.Price = out.Holder - out.Rival
	return out, nil
}

// cells is how many equally likely values stand for a distribution.
const cells = 1 << 13

// grid is a distribution by its cells: the value in the middle of each and the ironed
// virtual value phi over it. Both ascend.
type grid struct{ value, virtual []float64 }

func cellsOf(d mechanisms.Distribution) (grid, error) {
	g := grid{make([]float64, cells), make([]float64, cells)}
	for k := range g.value {
		g.value[k] = d.Quantile((float64(k) + 0.5) / cells)
		if !finite(g.value[k]) {
			return grid{}, fmt.Errorf("rights: resale: a value of %g", g.value[k])
		}
	}
	// The concave hull of q -> q Quantile(1-q) at the edges of the cells, from the top.
	edge := make([]float64, cells+1)
	for k := 1; k <= cells; k++ {
		q := float64(k) / cells
		edge[k] = q * d.Quantile(1-q)
	}
	hull := []int{0}
	for k := 1; k <= cells; k++ {
		for len(hull) > 1 {
			a, b := hull[len(hull)-2], hull[len(hull)-1]
			if (edge[b]-edge[a])*float64(k-b) > (edge[k]-edge[b])*float64(b-a) {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, k)
	}
	for j := 1; j < len(hull); j++ {
		a, b := hull[j-1], hull[j]
		slope := (edge[b] - edge[a]) / float64(b-a) * cells
		for k := a; k < b; k++ {
			g.virtual[cells-1-k] = slope
		}
	}
	return g, nil
}

// below is the probability that a cell's number is less than x, linear between the
// middles of the cells.
func below(ascending []float64, x float64) float64 {
	at := sort.SearchFloat64s(ascending, x)
	p := float64(at)
	if at > 0 && at < cells && ascending[at] > ascending[at-1] {
		p = float64(at) - 0.5 + (x-ascending[at-1])/(ascending[at]-ascending[at-1])
	}
	return math.Min(math.Max(p, 0), cells) / cells
}
