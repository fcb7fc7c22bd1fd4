package optimize

import (
	"errors"
	"math"

	"github.com/c-bata/goptuna/cmaes"
	"gonum.org/v1/gonum/mat"
)

// strategy is a CMA-ES (Hansen, Ostermeier 2001) over the unit cube. It wraps goptuna's
// low-level optimiser so that what that takes for granted is so: it minimises, has at
// least two dimensions, is told finite values only, whole generations in the order of
// asking, and owns the slices that it is given. A failure inside ends the strategy,
// not the process.
type strategy struct {
	inner *cmaes.Optimizer
	dims  int
}

var errDimensions = errors.New("optimize: an evolution strategy needs two dimensions")

// errStrategy: the covariance degenerated.
var errStrategy = errors.New("optimize: the evolution strategy failed")

// newStrategy starts at mean with step sigma.
func newStrategy(mean []float64, sigma float64, seed uint64) (s *strategy, err error) {
	defer guard(&err)
	if len(mean) < 2 {
		return nil, errDimensions
	}
	box := mat.NewDense(len(mean), 2, nil)
	for i := range mean {
		box.Set(i, 1, 1)
	}
	inner, err := cmaes.NewOptimizer(append([]float64(nil), mean...), sigma,
		cmaes.OptimizerOptionSeed(int64(mixed(seed)>>1)),
		cmaes.OptimizerOptionBounds(box),
		cmaes.OptimizerOptionMaxReSampling(20))
	if err != nil {
		return nil, err
	}
	return &strategy{inner: inner, dims: len(mean)}, nil
}

// guard turns a panic of the library into an error.
func guard(err *error) {
	if recover() != nil {
		*err = errStrategy
	}
}

// generation samples a whole generation inside the box.
func (s *strategy) generation() (points [][]float64, err error) {
	defer guard(&err)
	for range s.inner.PopulationSize() {
		x, err := s.inner.Ask()
		if err != nil {
			return nil, err
		}
		y := append([]float64(nil), x...)
		for i := range y {
			if math.IsNaN(y[i]) {
				return nil, errStrategy
			}
			y[i] = math.Min(math.Max(y[i], 0), 1)
		}
		points = append(points, y)
	}
	return points, nil
}

// tell gives the values, to be minimised, of a generation. A value that is not finite
// ranks behind all finite ones.
func (s *strategy) tell(points [][]float64, values []float64) (err error) {
	defer guard(&err)
	if len(points) != len(values) {
		return errStrategy
	}
	solutions := make([]*cmaes.Solution, len(points))
	for i, v := range finite(values) {
		solutions[i] = &cmaes.Solution{Params: append([]float64(nil), points[i]...), Value: v}
	}
	return s.inner.Tell(solutions)
}

// finite replaces what is no finite number by something above every finite number.
func finite(values []float64) []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	bad := 1.0
	if high >= low {
		bad = high + 1 + math.Abs(high) + (high/2 - low/2)
		if math.IsInf(bad, 0) {
			bad = math.MaxFloat64
		}
	}
	out := append([]float64(nil), values...)
	for i, v := range out {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out[i] = bad
		}
	}
	return out
}

// stopped reports that the strategy has converged or diverged.
func (s *strategy) stopped() (stop bool) {
	defer func() {
		if recover() != nil {
			stop = true
		}
	}()
	return s.inner.ShouldStop()
}
