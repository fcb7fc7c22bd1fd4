package bound_test

import (
	"fmt"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/bound"
)

func ExampleRevenue() {
	weak, _ := distributions.NewUniform(0, 1)
	strong, _ := distributions.NewUniform(0, 2)
	o, _ := bound.Revenue([]mechanisms.Distribution{weak, strong})
	fmt.Printf("%.6f, reserves %.1f and %.1f, unsold %.2f\n", o.Revenue, o.Reserves[0], o.Reserves[1], o.Unsold)
	// Output: 0.645833, reserves 0.5 and 1.0, unsold 0.25
}

func ExampleWeighted() {
	u, _ := distributions.NewUniform(0, 1)
	o, _ := bound.Weighted([]mechanisms.Distribution{u, u}, 0.5)
	fmt.Printf("revenue %.4f, welfare %.4f, reserve %.4f\n", o.Revenue, o.Welfare, o.Reserves[0])
	// Output: revenue 0.3951, welfare 0.6420, reserve 0.3333
}

func ExampleWelfare() {
	u, _ := distributions.NewUniform(0, 1)
	w, _ := bound.Welfare([]mechanisms.Distribution{u, u})
	fmt.Printf("%.6f\n", w)
	// Output: 0.666667
}
