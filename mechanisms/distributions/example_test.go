package distributions_test

import (
	"fmt"

	"allot/mechanisms/distributions"
)

func ExampleNewUniform() {
	u, _ := distributions.NewUniform(0, 2)
	fmt.Println(u.Mean(), u.CDF(0.5))
	// Output: 1 0.25
}

func ExampleNewLogNormal() {
	l, _ := distributions.NewLogNormal(-3.024, 0.448)
	fmt.Printf("%.4f %.3g\n", l.Mean(), l.Survival(1))
	// Output: 0.0537 7.39e-12
}

func ExampleNewExponential() {
	e, _ := distributions.NewExponential(2)
	fmt.Printf("%.4f\n", e.Quantile(0.5))
	// Output: 1.3863
}

func ExampleNewPareto() {
	_, err := distributions.NewPareto(1, 0.9)
	fmt.Println(err)
	// Output: distributions: pareto: at shape 0.9 the tail is so heavy that there is no mean; the shape must be above 1
}

func ExampleNewPower() {
	p, _ := distributions.NewPower(2, 1)
	fmt.Println(p.CDF(0.5))
	// Output: 0.25
}

func ExampleNewBeta() {
	b, _ := distributions.NewBeta(2, 3)
	fmt.Printf("%.4f\n", b.CDF(0.5))
	// Output: 0.6875
}

func ExampleNewEmpirical() {
	e, _ := distributions.NewEmpirical([]float64{3, 1, 2})
	fmt.Println(e.Mean(), e.Quantile(0.5))
	// Output: 2 2
}

func ExampleNewQuantiles() {
	q, _ := distributions.NewQuantiles([]float64{0, 0.5, 1}, []float64{0, 0.05, 1})
	fmt.Printf("%.3f\n", q.Mean())
	// Output: 0.275
}

func ExampleScaled() {
	e, _ := distributions.NewExponential(2)
	fmt.Printf("%.4f\n", distributions.Scaled(e, 3).Mean())
	// Output: 6.0000
}

// 1 - CDF loses every digit at the upper end; the tails keep them.
func ExampleTails() {
	l, _ := distributions.NewLogNormal(0, 0.1)
	survival, upper := distributions.Tails(l)
	fmt.Printf("%.3g %.3g, back at %.3g\n", 1-l.CDF(3), survival(3), upper(survival(3)))
	// Output: 0 2.23e-28, back at 3
}
