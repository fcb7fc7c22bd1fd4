package certify_test

import (
	"fmt"

	"allot/mechanisms"
	"allot/solver/certify"
)

func ticketContest() mechanisms.Game {
	contest, err := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	if err != nil {
		fmt.Println(err)
	}
	return mechanisms.Game{Mechanism: contest, Values: []float64{4, 2}}
}

// The equilibrium of the ticket contest at values 4, 2 is 8/9, 4/9.
func ExampleGame() {
	profile := mechanisms.Profile{Signals: []float64{8. / 9, 4. / 9}}
	c := certify.Game(ticketContest(), profile, []float64{16. / 9, 2. / 9}, certify.Options{})
	fmt.Println(c.Standing, c.Epsilon < 1e-12)

	profile.Signals[1] = 0.6 // too much by 0.156
	c = certify.Game(ticketContest(), profile, nil, certify.Options{})
	fmt.Printf("%s: agent %d gains %.6f by signal %.3f\n", c.Standing, c.Agent+1, c.Epsilon, c.Signal)
	// Output:
	// certified true
	// certified: agent 2 gains 0.016252 by signal 0.444
}

// What the weaker agent could do against 8/9, whatever it plays itself.
func ExampleBestDeviation() {
	profile := mechanisms.Profile{Signals: []float64{8. / 9, 0}}
	d := certify.BestDeviation(ticketContest(), profile, 1, certify.Options{})
	fmt.Printf("%.6f by signal %.6f, proven: %v\n", d.Bound, d.Signal, d.Standing == certify.Certified)
	// Output: 0.222222 by signal 0.444444, proven: true
}

// A Certifier certifies many profiles without allocating.
func ExampleCertifier_Game() {
	var c certify.Certifier
	game := ticketContest()
	for _, a := range []float64{0.8, 8. / 9, 1} {
		profile := mechanisms.Profile{Signals: []float64{a, 4. / 9}}
		fmt.Printf("%.4f\n", c.Game(game, profile, nil, certify.Options{}).Epsilon)
	}
	// Output:
	// 0.0063
	// 0.0000
	// 0.0085
}

func ExampleCertifier_BestDeviation() {
	var c certify.Certifier
	auction, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		fmt.Println(err)
	}
	game := mechanisms.Game{Mechanism: auction, Values: []float64{30, 20, 10}}
	profile := mechanisms.Profile{Signals: []float64{1, 0, 0}} // a ring's dummy bid
	for agent := range 3 {
		d := c.BestDeviation(game, profile, agent, certify.Options{})
		fmt.Printf("%.4f\n", d.Bound)
	}
	// Output:
	// 30.0000
	// 19.0000
	// 9.0000
}

func ExampleStanding() {
	fmt.Println(certify.None, certify.Approximate, certify.Certified)
	// Output: none approximate certified
}
