package rights

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"allot/mechanisms"
)

// Secondary is a right that is sold before values are known, among agents that
// differ, and resold just in time by its holder.
type Secondary struct {
	// Holder[i] is what holding the right is worth to i, Rival[i][j] what it is worth
	// to j that i holds it.
	Holder []float64
	Rival  [][]float64
	// Winner buys the right, at Price: the most that another would pay for holding it
	// instead.
	Winner int
	Price  float64
	// Shares is how often each agent uses the slot in the end, Usual how often its
	// value is the highest, as in an auction just in time.
	Shares, Usual []float64
}

// ResellAmong is [Resell] for independent values with a distribution each (Pai,
// Resnick 2024). With phi the ironed virtual values,
//
//	W_i = E max(v_i, max_{j != i} phi_j(v_j))
//	L_j(i) = E[(v_j - phi_j); phi_j > v_i and all other phi]
//
// and i buys the right if its W_i - L_i(k) is at least the price W_k - L_k(i) that the
// keenest other k would pay; of several such i the one with the highest W. The
// source's result, that the strongest buys and then uses more slots than just in time,
// is what a test asserts for uniform values, beside equality with Resell among equals.
// An error where no agent outbids all others. Domain: 2 to 64 agents; accuracy as in
// Resell.
func ResellAmong(values []mechanisms.Distribution) (Secondary, error) {
	n := len(values)
	if n < 2 || n > 64 {
		return Secondary{}, fmt.Errorf("rights: resale among %d agents: there must be from 2 to 64", n)
	}
	grids := make([]grid, n)
	for i, d := range values {
		if d == nil {
			return Secondary{}, fmt.Errorf("rights: resale: agent %d has no value", i+1)
		}
		var err error
		if grids[i], err = cellsOf(d); err != nil {
			return Secondary{}, err
		}
	}
	out := Secondary{Holder: make([]float64, n), Rival: make([][]float64, n), Shares: make([]float64, n), Usual: make([]float64, n), Winner: -1}
	numbers := make([][]float64, n)
	for i := range grids {
		for j := range grids {
			numbers[j] = grids[j].virtual
		}
		numbers[i] = grids[i].value
		out.Holder[i] = highest(numbers)
		out.Rival[i] = make([]float64, n)
		for j := range grids {
			if j == i {
				continue
			}
			for k, phi := range grids[j].virtual {
				if phi > 0 {
					out.Rival[i][j] += (grids[j].value[k] - phi) * leads(numbers, j, phi) / cells
				}
			}
		}
	}
	gives := func(j, i int) float64 { return out.Holder[j] - out.Rival[i][j] }
	for i := range grids {
		price, rival := 0.0, -1
		for j := range grids {
			if j != i && (rival < 0 || gives(j, i) > price) {
				price, rival = gives(j, i), j
			}
		}
		if gives(i, rival) < price-1e-9*out.Holder[i] || out.Winner >= 0 && out.Holder[i] <= out.Holder[out.Winner]*(1+1e-9) {
			continue
		}
		out.Winner, out.Price = i, math.Max(0, price)
	}
	if out.Winner < 0 {
		return Secondary{}, errors.New("rights: resale: no agent outbids all others for the right")
	}
	for j := range grids {
		numbers[j] = grids[j].virtual
	}
	numbers[out.Winner] = grids[out.Winner].value
	out.shares(out.Shares, numbers)
	for j := range grids {
		numbers[j] = grids[j].value
	}
	out.shares(out.Usual, numbers)
	return out, nil
}

// shares writes how often each agent's number is the highest.
func (s Secondary) shares(shares []float64, numbers [][]float64) {
	for i, own := range numbers {
		for _, x := range own {
			shares[i] += leads(numbers, i, x) / cells
		}
	}
}

// leads is the probability that all numbers but i's are below x.
func leads(numbers [][]float64, i int, x float64) float64 {
	p := 1.0
	for j, other := range numbers {
		if j != i && p > 0 {
			p *= below(other, x)
		}
	}
	return p
}

// highest is the expected highest of independent numbers, one of each row's cells.
func highest(numbers [][]float64) float64 {
	type atom struct {
		x float64
		i int
	}
	atoms := make([]atom, 0, len(numbers)*cells)
	for i, row := range numbers {
		for _, x := range row {
			atoms = append(atoms, atom{x, i})
		}
	}
	sort.Slice(atoms, func(a, b int) bool { return atoms[a].x < atoms[b].x })
	count := make([]float64, len(numbers))
	sum, before := 0.0, 0.0
	for _, a := range atoms {
		count[a.i]++
		after := 1.0
		for _, k := range count {
			after *= k / cells
		}
		sum += a.x * (after - before)
		before = after
	}
	return sum
}
