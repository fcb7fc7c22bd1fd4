package constraints_test

import (
	"fmt"
	"testing"

	"allot/constraints"
	"allot/mechanisms"
)

func BenchmarkMeasure(b *testing.B) {
	values := []float64{30, 28, 25, 22, 20, 18, 15, 12, 11, 10}
	for _, rule := range []struct {
		name string
		rule mechanisms.Mechanism
	}{{"tickets", contest(1)}, {"exponent=0.5", contest(0.5)}, {"first-price", auction(1, 0)}, {"lottery", lottery(2)}} {
		c := solved(b, rule.rule, values...)
		for _, k := range constraints.Kinds() {
			if k.Name == "best-response" {
				continue // the certificate's cost, not the constraint's
			}
			o := options{}
			if k.Name == "decentralization" {
				o["maxShare"] = 0.5
			}
			k := must(constraints.New(k.Name, o))
			b.Run(fmt.Sprintf("%s/%s", k.Name(), rule.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, _ = k.Measure(c)
				}
			})
		}
	}
}
