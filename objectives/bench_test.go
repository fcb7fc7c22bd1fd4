package objectives_test

import (
	"testing"

	"allot/objectives"
)

func BenchmarkNamed(b *testing.B) {
	a := account()
	for _, o := range objectives.All() {
		b.Run(o.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o.Of(a)
			}
		})
	}
}

func BenchmarkExpression(b *testing.B) {
	a := account()
	for _, text := range []string{"revenue + 0.5*fairness", "sum(v[0:2]) - revenue", "count(t, # > 0.1)"} {
		o, err := objectives.New(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o.Of(a)
			}
		})
	}
}
