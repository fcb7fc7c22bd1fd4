package component

import "math"

// law bounds the distribution of a group's highest bid, or of several groups', over equal
// steps of the log bid: between x_j and x_(j+1) it lies between the chord of at less width_j
// and the chord plus width_j plus loose.
type law struct {
	x, dx     float64
	at, width []float64
	loose     float64
}

// newLaws are the laws of all groups, on the same steps.
//
// For a group H(x) = int Phi(y*(z, x)) dG(z), G the law of the highest z. With the claimed
// bilinear strategy y* is monotone in z and in x, and linear in x but for a kink where it passes
// from one row to the next; in z its slope -omega B_z/(sigma + omega B_y) is bounded on every
// patch. A function with slopes in [m, M] departs from its chord by at most (M-m)/4 of the
// chord's length, and Phi of a chord from its own by at most |Phi”| step^2/8. Both Phi' and
// |Phi”| are at most (1+y^2) Phi(-|y|), which descends in |y|.
func newLaws(books []*book) []*law {
	low, high, dx := math.Inf(1), math.Inf(-1), math.Inf(1)
	for _, b := range books {
		last := len(b.plan) - 1
		low = math.Min(low, b.log(0, 0))
		// Up to the highest value: bids beyond the highest are weighed too.
		high = math.Max(high, b.Mu+(b.Sigma+b.Omega)*Reach)
		high = math.Max(high, b.log(last, len(b.plan[0])-1))
		dx = math.Min(dx, 0.9*b.flat*b.dy)
	}
	n := int((high-low)/dx) + 3
	laws := make([]*law, len(books))
	for t, b := range books {
		laws[t] = b.law(low-dx, dx, n)
	}
	return laws
}

// envelope is at least Phi' and |Phi”| wherever |y| is at least as large.
func envelope(y, tail float64) float64 { return (1 + y*y) * tail }

func (b *book) law(x, dx float64, n int) *law {
	l := &law{x: x, dx: dx, at: make([]float64, n), width: make([]float64, n)}
	rows, cols := len(b.plan), len(b.plan[0])
	mass, upper := b.masses()
	// What is beyond Reach; below, the kinks of Phi(y*) at the ends of the rows.
	l.loose = 1 - core + 2*float64(b.Count)*phi(-Reach) + 1e-13
	ends := density(Reach) * b.dy
	base := phi(-Reach)
	logs := make([]float64, rows)
	// The scores at the two sides of a patch of the z-th column, x_j and x_(j+1).
	score, before := make([]float64, n), make([]float64, n)
	tail, tailBefore := make([]float64, n), make([]float64, n)
	for k := range cols {
		for i := range rows {
			logs[i] = b.log(i, k)
		}
		kink := 0.0
		for i := 2; i < rows; i++ {
			kink = math.Max(kink, math.Abs(b.dy/(logs[i]-logs[i-1])-b.dy/(logs[i-1]-logs[i-2])))
		}
		kink *= dx / 4
		weight := 0.0
		if k > 0 {
			weight += upper[k-1]
		}
		if k < cols-1 {
			weight += mass[k] - upper[k]
		}
		i := 0
		for j := range n {
			at := x + float64(j)*dx
			for i < rows-1 && logs[i+1] <= at {
				i++
			}
			var y float64
			switch {
			case at <= logs[0]:
				y = -Reach
			case i == rows-1:
				y = Reach
			default:
				y = b.y(i) + b.dy*(at-logs[i])/(logs[i+1]-logs[i])
			}
			score[j] = y
			switch {
			case j > 0 && y == score[j-1]:
				tail[j] = tail[j-1]
			default:
				tail[j] = phi(-math.Abs(y))
			}
			p := tail[j]
			if y > 0 {
				p = 1 - p
			}
			l.at[j] += weight * (p - base)
			if j > 0 {
				if step := y - score[j-1]; step > 0 {
					l.width[j-1] += weight * nearest(score[j-1], y, tail[j-1], tail[j]) * (step*step/8 + kink)
				}
			}
		}
		if k > 0 && mass[k-1] > 1e-20 {
			bend := b.bend(k-1) * b.dz / 4
			for j := 1; j < n; j++ {
				// The patch between the columns and between x_(j-1) and x_j.
				if score[j-1] >= Reach || before[j] <= -Reach {
					continue
				}
				step := math.Max(before[j-1]-score[j-1], before[j]-score[j])
				l.width[j-1] += mass[k-1] * nearest(score[j-1], before[j], tail[j-1], tailBefore[j]) * (step*step/8 + bend)
			}
		}
		score, before = before, score
		tail, tailBefore = tailBefore, tail
	}
	for j := range l.width {
		l.width[j] += ends + 1e-14
	}
	return l
}

// nearest is the envelope over scores from a to b, whose tails are given.
func nearest(a, b, tailA, tailB float64) float64 {
	switch {
	case a >= 0:
		return envelope(a, tailA)
	case b <= 0:
		return envelope(b, tailB)
	}
	return 0.5
}

// bend bounds how much the slope of y* in z varies across the k-th column of patches and two
// neighbouring rows of them.
func (b *book) bend(k int) float64 {
	worst := 0.0
	var last [2]float64
	for i := range len(b.plan) - 1 {
		s0 := (b.log(i+1, k) - b.log(i, k)) / b.dy
		s1 := (b.log(i+1, k+1) - b.log(i, k+1)) / b.dy
		r0 := b.Omega * (b.plan[i][k+1] - b.plan[i][k]) / b.dz
		r1 := b.Omega * (b.plan[i+1][k+1] - b.plan[i+1][k]) / b.dz
		now := [2]float64{math.Min(r0, r1) / math.Max(s0, s1), math.Max(r0, r1) / math.Min(s0, s1)}
		if i == 0 {
			last = now
		}
		worst = math.Max(worst, math.Max(now[1], last[1])-math.Min(now[0], last[0]))
		last = now
	}
	return worst
}

// gauss is Gauss's rule of five points on [0, 1]: exact but for rounding on what it is used
// for, analytic functions over steps of some hundredths.
var gauss = [5][2]float64{
	{0.04691007703066802, 0.11846344252809454}, {0.23076534494715845, 0.23931433524968324}, {0.5, 0.28444444444444444},
	{0.7692346550528415, 0.23931433524968324}, {0.9530899229693319, 0.11846344252809454},
}

// masses are the chances that the highest z is in each step, and their shares on the step's
// upper end.
func (b *book) masses() (mass, upper []float64) {
	n, m := len(b.plan[0])-1, float64(b.Count)
	mass, upper = make([]float64, n), make([]float64, n)
	for k := range n {
		for _, g := range gauss {
			z := b.z(k) + g[0]*b.dz
			f := g[1] * b.dz * m * math.Pow(phi(z), m-1) * density(z)
			mass[k] += f
			upper[k] += g[0] * f
		}
	}
	return mass, upper
}

// fold is the law of the highest bid of all groups but one.
func fold(laws []*law, but int) *law {
	first := laws[0]
	out := &law{x: first.x, dx: first.dx, at: make([]float64, len(first.at)), width: make([]float64, len(first.at))}
	for j := range out.at {
		out.at[j] = 1
	}
	for t, l := range laws {
		if t == but {
			continue
		}
		for j := range len(out.at) - 1 {
			// The product of two functions near their chords is near its own.
			cross := math.Abs((out.at[j+1] - out.at[j]) * (l.at[j+1] - l.at[j]) / 4)
			out.width[j] = out.width[j]*(l.at[j+1]+l.width[j]) + l.width[j]*out.at[j+1] + cross
		}
		for j := range out.at {
			out.at[j] *= l.at[j]
		}
		out.loose += l.loose * (1 + out.loose)
	}
	return out
}

// find is the step that x lies in and the chord there. Below the first step the law is at most
// the first entry, above the last at least the last.
func (l *law) find(x float64) (j int, at float64) {
	u := (x - l.x) / l.dx
	j = min(max(int(u), 0), len(l.at)-2)
	return j, l.at[j] + math.Min(math.Max(u-float64(j), 0), 1)*(l.at[j+1]-l.at[j])
}

// slope is the chord's slope in a step.
func (l *law) slope(j int) float64 { return (l.at[j+1] - l.at[j]) / l.dx }

// spread bounds the widths and the chords' slopes over the steps from j to k.
func (l *law) spread(j, k int) (width, low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for ; j <= k; j++ {
		s := l.slope(j)
		low, high = math.Min(low, s), math.Max(high, s)
		width = math.Max(width, l.width[j])
	}
	return width, low, high
}

// highest bounds the mean of the highest bid, what is bid above the last step left out.
func (l *law) highest() (low, high float64) {
	low, high = math.Exp(l.x)*math.Max(0, 1-l.at[0]-l.width[0]-l.loose), math.Exp(l.x)
	e := math.Expm1(l.dx)
	// int exp(x) and int exp(x) (x - x_j)/dx over a step, by exp(x_j).
	whole, part := e, (math.Exp(l.dx)*l.dx-e)/l.dx
	for j := range len(l.at) - 1 {
		c := math.Exp(l.x + float64(j)*l.dx)
		mid := c * (whole*(1-l.at[j]) - part*(l.at[j+1]-l.at[j]))
		low += math.Max(0, mid-c*whole*(l.width[j]+l.loose))
		high += mid + c*whole*l.width[j]
	}
	return low, high
}
