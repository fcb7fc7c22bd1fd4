package component

import "math"

// solve iterates strategies and the distributions of bids.
func (w *world) solve() bool {
	for t := range w.groups {
		w.distribute(t)
	}
	for range 200 {
		worst := 0.0
		for t := range w.groups {
			w.meet(t)
		}
		for t := range w.groups {
			worst = math.Max(worst, w.play(t))
		}
		for t := range w.groups {
			w.distribute(t)
		}
		if worst < 1e-10 {
			for t := range w.groups {
				w.meet(t)
			}
			return true
		}
	}
	return false
}

// gear are the backward differences of order one to four: V_k = sum_j back[j] V_{k-1-j} +
// now h V'_k.
var gear = [...]struct {
	back [4]float64
	now  float64
}{
	{[4]float64{1}, 1},
	{[4]float64{4. / 3, -1. / 3}, 2. / 3},
	{[4]float64{18. / 11, -9. / 11, 2. / 11}, 6. / 11},
	{[4]float64{48. / 25, -36. / 25, 16. / 25, -3. / 25}, 12. / 25},
}

// scores are equal steps in z from -reach, with Phi and the hazard phi/Phi.
type scores struct {
	dz          float64
	phi, hazard []float64
}

func newScores(steps int) *scores {
	g := &scores{dz: 2 * reach / float64(steps)}
	for k := 0; k <= steps; k++ {
		p := normal(g.z(k))
		g.phi, g.hazard = append(g.phi, p), append(g.hazard, density(g.z(k))/p)
	}
	return g
}

func (g *scores) z(k int) float64 { return -reach + float64(k)*g.dz }

// play computes type t's strategies and returns the largest change of a bid, by its weight.
func (w *world) play(t int) float64 {
	worst, n := 0.0, len(w.phi)
	before := make([]float64, n)
	for i := range w.ny {
		bids := w.bid[t][i*n : (i+1)*n]
		copy(before, bids)
		w.row(t, w.y+float64(i)*w.dy, w.scores, bids, w.gap[t][i*n:(i+1)*n])
		for k, b := range bids {
			worst = math.Max(worst, math.Abs(b-before[k])*density(w.scores.z(k)))
		}
	}
	return worst
}

// row computes the strategy of type t where C has the score y, over z: bids as in world, and
// gaps, v - b in units of omega C, as V is.
func (w *world) row(t int, y float64, g *scores, bids, gaps []float64) {
	ty := w.groups[t]
	m := float64(ty.Count - 1)
	s := seller{w: w, t: t, c: ty.Mu + ty.Sigma*y, omega: ty.Omega}
	start := (w.floor - s.c) / ty.Omega
	var past [4]float64 // V at the last points, the last one first
	known, gap := 0, 0.0
	for k := range bids {
		z := g.z(k)
		s.value = math.Exp(ty.Omega * z)
		bid := z
		switch {
		case z <= start:
			gap = 0
		case known == 0 && k == 0:
			// At the bottom V is where its slope vanishes.
			v := 0.0
			var win float64
			for range 40 {
				gap, win = s.root(0, v, 0)
				v = s.value * win / (m * g.hazard[k])
			}
			past[0], known = v, 1
		case known < 4 && start > -reach:
			// From the reserve on: explicit, until there are enough points.
			from := start
			if known > 0 {
				from = g.z(k - 1)
			}
			v := w.kutta(&s, m, from, z, past[0])
			past = [4]float64{v, past[0], past[1], past[2]}
			known++
			s.value = math.Exp(ty.Omega * z)
			gap, _ = s.root(0, v, 0)
		default:
			rule := gear[min(known, 4)-1]
			step := rule.now * g.dz
			sum := 0.0
			for j, c := range rule.back {
				sum += c * past[j]
			}
			// (1 + step hazard) gap H = sum + step value H.
			scale := 1 + step*m*g.hazard[k]
			var win float64
			guess := gap
			if k > 1 {
				guess += gap - gaps[k-2]
			}
			gap, win = s.root(step*s.value/scale, sum/scale, guess)
			past = [4]float64{gap * win, past[0], past[1], past[2]}
			known++
		}
		if gap > 0 {
			bid = z + math.Log1p(-ty.Omega*gap/s.value)/ty.Omega
		}
		bids[k], gaps[k] = bid, gap
	}
}

// kutta takes V from one score to another by the classical method of order four, in steps that
// are short beside the hazard, which is highest at the start.
func (w *world) kutta(s *seller, m, from, to, v float64) float64 {
	slope := func(z, v float64) float64 {
		s.value = math.Exp(s.omega * z)
		_, win := s.root(0, v, 0)
		return s.value*win - m*density(z)/normal(z)*v
	}
	steps := 1 + int((to-from)*m*density(from)/normal(from))
	h := (to - from) / float64(steps)
	for k := range steps {
		z := from + float64(k)*h
		k1 := slope(z, v)
		k2 := slope(z+h/2, v+h/2*k1)
		k3 := slope(z+h/2, v+h/2*k2)
		k4 := slope(z+h, v+h*k3)
		v += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
	}
	return v
}

// seller is a builder's problem at one z: ln C is c, the value C times value.
type seller struct {
	w               *world
	t               int
	c, omega, value float64
}

// root is the smallest gap from least on with (gap - least) H = target, and H there: Newton's
// steps from below, or from guess if that is below too. Where (gap - least) H has its peak
// under the target the twins no longer matter, and the gap is the peak's.
func (s *seller) root(least, target, guess float64) (gap, win float64) {
	low, high := least+target, s.value/s.omega*(1-1e-9)
	gap = low
	if guess > gap && guess < high {
		gap = guess
	}
	for range 100 {
		left := 1 - s.omega*gap/s.value
		var e float64
		win, e = s.w.rivals(s.t, s.c+math.Log(s.value*left))
		if win <= 0 {
			return gap, 0
		}
		f, d := (gap-least)*win-target, win*(1-(gap-least)*e*s.omega/(s.value*left))
		next := gap - f/d
		if d <= 0 || f > 0 { // beyond the peak, or beyond the root
			high = math.Min(high, gap)
			if d <= 0 || next < low {
				next = low/2 + high/2
			}
		} else {
			low = math.Max(low, gap)
			if next > high {
				next = low/2 + high/2
			}
		}
		if math.Abs(next-gap) <= 1e-9*gap && next > least { // the next step would be of its square
			return next, target / (next - least)
		}
		if next == gap || high-low <= 1e-14*high {
			break
		}
		gap = next
	}
	return gap, win
}
