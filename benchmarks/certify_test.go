package benchmarks

import (
	"fmt"
	"math"
	"testing"

	"allot/mechanisms"
	"allot/solver/certify"
)

// certified benchmarks the certificate of a profile and checks that it is one.
func certified(b *testing.B, g mechanisms.Game, p mechanisms.Profile, epsilon float64) {
	b.Helper()
	var c certify.Certifier
	if cert := c.Game(g, p, nil, certify.Options{}); cert.Standing != certify.Certified || !(cert.Epsilon <= epsilon) {
		b.Fatalf("not certified to %g: %+v", epsilon, cert)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		c.Game(g, p, nil, certify.Options{})
	}
}

// ticketContest is the contest with exponent 1 among n agents at its equilibrium
// (Hillman, Riley 1989): X = (m-1)/sum 1/v over the m agents with v > X.
func ticketContest(n int) (values, signals []float64) {
	values, signals = make([]float64, n), make([]float64, n)
	for i := range values {
		values[i] = 1 + 0.5/float64(n)*float64(n-i)
	}
	sum, total, m := 0.0, 0.0, 0
	for _, v := range values { // values descend
		if m > 1 && v <= total {
			break
		}
		m++
		sum += 1 / v
		total = float64(m-1) / sum
	}
	for i := range m {
		signals[i] = total * (1 - total/values[i])
	}
	return values, signals
}

func BenchmarkCertifyContest(b *testing.B) {
	m, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{2, 10, 1000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			values, signals := ticketContest(n)
			certified(b, mechanisms.Game{Mechanism: m, Values: values}, mechanisms.Profile{Signals: signals}, 1e-11)
		})
	}
}

func BenchmarkCertifyContestConcave(b *testing.B) {
	const n, rho = 10, 0.7
	m, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: rho})
	if err != nil {
		b.Fatal(err)
	}
	g := mechanisms.Game{Mechanism: m}
	var p mechanisms.Profile
	for range n {
		g.Values = append(g.Values, 1)
		p.Signals = append(p.Signals, rho*(n-1)/(n*n))
	}
	certified(b, g, p, 1e-12)
}

func BenchmarkCertifySemiMixed(b *testing.B) {
	m, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1.5})
	if err != nil {
		b.Fatal(err)
	}
	// Wang (2010): x2 = v2 (rho-1)/rho, x1 = x2 (rho-1)^(-1/rho).
	x2, q := 2.0/3, 0.5*math.Pow(0.5, -1/1.5)
	p := mechanisms.Profile{
		Signals: []float64{x2 * math.Pow(0.5, -1/1.5), q * x2},
		Mixed:   []mechanisms.Mixture{{}, {Signals: []float64{0, x2, x2}, Cumulative: []float64{1 - q, 1 - q, 1}}},
	}
	certified(b, mechanisms.Game{Mechanism: m, Values: []float64{4, 2}}, p, 1e-12)
}

func BenchmarkCertifyAuction(b *testing.B) {
	for _, n := range []int{10, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			m, err := mechanisms.NewAuction(1, 0)
			if err != nil {
				b.Fatal(err)
			}
			values := make([]float64, n)
			for i := range values {
				values[i] = float64(2*n - i)
			}
			signals := append([]float64(nil), values...)
			signals[0] = math.Nextafter(values[1], values[0])
			certified(b, mechanisms.Game{Mechanism: m, Values: values}, mechanisms.Profile{Signals: signals}, 1e-8)
		})
	}
}

func BenchmarkCertifyAllPay(b *testing.B) {
	m, err := mechanisms.NewAllPay(0)
	if err != nil {
		b.Fatal(err)
	}
	values := []float64{30, 20, 10, 9, 8, 7, 6, 5, 4, 3}
	p := mechanisms.Profile{Signals: make([]float64, 10), Mixed: make([]mechanisms.Mixture, 10)}
	p.Mixed[0] = mechanisms.Mixture{Signals: []float64{0, 20}, Cumulative: []float64{0, 1}}
	p.Mixed[1] = mechanisms.Mixture{Signals: []float64{0, 20}, Cumulative: []float64{1.0 / 3, 1}}
	certified(b, mechanisms.Game{Mechanism: m, Values: values}, p, 1e-11)
}
