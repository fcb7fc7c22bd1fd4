package private

import "math"

// terms is how many coefficients a component's polynomial has:
//
//	c0 + w (c1 + (1-w) (c2 + w (c3 + (1-w) (c4 + ...))))
const terms = 8

// step is a step of the integration: the polynomial for b (last) and the x_k.
type step struct {
	at, width float64
	cut       float64 // the part of the polynomial that counts
	inLog     bool
	mode      []int8
	piece     []int
	c         []float64 // the coefficients of each component
}

// shape makes the polynomial of the last step, where that is not done.
func (s *system) shape() {
	if s.shaped {
		return
	}
	s.shaped = true
	if s.stiff {
		s.cubic(&s.last)
		return
	}
	k := len(s.groups)
	copy(s.atEnd, s.p)
	copy(s.atEnd[k:], s.phi)
	s.ode.dense(s.rate, s.last.at, s.last.width, s.y, &s.last)
	copy(s.p, s.atEnd)
	copy(s.phi, s.atEnd[k:])
}

// inside evaluates a step's polynomial at the fraction w of its width.
func (st *step) inside(w float64, y []float64) {
	w *= st.cut
	u := 1 - w
	for i := range y {
		c := st.c[terms*i : terms*i+terms]
		y[i] = c[0] + w*(c[1]+u*(c[2]+w*(c[3]+u*(c[4]+w*(c[5]+u*(c[6]+w*c[7]))))))
	}
}

// rise is the derivative of a component's polynomial by the independent variable.
func (st *step) rise(w float64, i int) float64 {
	w *= st.cut
	c := st.c[terms*i : terms*i+terms]
	value, slope := 0.0, 0.0
	for j := terms - 1; j > 0; j-- {
		x, dx := w, 1.0
		if j%2 == 0 {
			x, dx = 1-w, -1
		}
		value, slope = x*(c[j]+value), dx*(c[j]+value)+x*slope
	}
	return slope * st.cut / st.width
}

// l is the log of the distribution function of the highest bid there.
func (st *step) l(w float64) float64 {
	x := st.at + w*st.width
	if st.inLog {
		return -math.Exp(x)
	}
	return x
}
