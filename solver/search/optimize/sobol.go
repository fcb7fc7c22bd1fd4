package optimize

import "github.com/c-bata/goptuna/sobol"

// Scrambled Sobol points: x_k = S + sum over the bits b of k of L v_b, over GF(2).
//
// v_b are the direction numbers of Joe and Kuo (2008), read off goptuna's engine, L is a
// random lower triangular matrix and S a random digital shift, one of each for every
// dimension (Matousek 1998, "On the L2-discrepancy for anchored boxes"): the points
// remain a net, integrate without bias, and none of them is 0 or 1.
// Domain: 1 <= n <= 2^20, 1 <= dims <= 21199, n dims <= 2^28; otherwise nil.
// Value: the first 2^k points have one point in each interval [i/2^k, (i+1)/2^k) of
// every dimension.

const (
	maxPoints     = 1 << 20
	maxDimensions = 21199
	maxNumbers    = 1 << 28
	precisionBits = 52
)

// Points returns the first n points of a scrambled Sobol sequence in the open unit
// cube, row after row: point k is [k*dims, (k+1)*dims). The same seed gives the same
// points. It returns nil outside 1 <= n <= 2^20, 1 <= dims <= 21199, n*dims <= 2^28.
func Points(n, dims int, seed uint64) []float64 {
	if n < 1 || n > maxPoints || dims < 1 || dims > maxDimensions || n > maxNumbers/dims {
		return nil
	}
	bits := 0
	for 1<<bits < n {
		bits++
	}
	columns := directions(bits, dims)
	points := make([]float64, n*dims)
	var z [precisionBits]uint64
	for d := range dims {
		source := mix{seed ^ mixed(uint64(d)+0x9e3779b97f4a7c15)}
		var scramble [32]uint64
		for b := range scramble {
			lead := uint64(1) << (precisionBits - 1 - b)
			scramble[b] = lead | source.next()&(lead-1)
		}
		shift := source.next() >> (64 - precisionBits)
		for c := range bits {
			z[c] = 0
			for b := range 32 {
				if columns[c*dims+d]>>(31-b)&1 == 1 {
					z[c] ^= scramble[b]
				}
			}
		}
		current := shift
		for k := range n {
			if k > 0 {
				// Natural order: from k-1 to k the trailing ones and the next bit flip.
				for c, flips := 0, uint(k^(k-1)); flips != 0; c, flips = c+1, flips>>1 {
					current ^= z[c]
				}
			}
			points[k*dims+d] = (float64(current) + 0.5) / (1 << precisionBits)
		}
	}
	return points
}

// directions reads the first direction numbers off the engine, which visits points in
// Gray-code order: its draw 2^c differs from the one before by direction number c. The
// engine leaves out the second dimension of the sequence, that of the polynomial x + 1
// (its table starts there, and is read from the entry after); it is put back, without
// it the first two dimensions are no (0, 2)-sequence.
func directions(bits, dims int) []uint32 {
	v := make([]uint32, bits*dims)
	if bits == 0 {
		return v
	}
	place := func(j int) int {
		if j > 0 {
			return j + 1
		}
		return j
	}
	e := sobol.NewEngine(uint32(max(1, dims-1)))
	last := make([]float64, max(1, dims-1))
	for k := 1; k <= 1<<(bits-1); k++ {
		x := e.Draw()
		if k&(k-1) == 0 {
			c := 0
			for 1<<c < k {
				c++
			}
			for j := range x {
				v[c*dims+place(j)] = uint32(x[j]*(1<<32)) ^ uint32(last[j]*(1<<32))
			}
		}
		last = x
	}
	if dims > 1 {
		m := uint32(1) << 31
		for c := range bits {
			v[c*dims+1] = m
			m ^= m >> 1
		}
	}
	return v
}

// mix is the generator SplitMix64 (Steele, Lea, Flood 2014).
type mix struct{ state uint64 }

func (m *mix) next() uint64 {
	m.state += 0x9e3779b97f4a7c15
	return mixed(m.state)
}

func mixed(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
