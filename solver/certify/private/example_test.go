package private_test

import (
	"fmt"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/certify/private"
)

// Two agents with values from U[0,1] who spend a tenth of their value on proportional
// tickets: what the best other signal would bring, whatever the value.
func ExampleContest() {
	u, _ := distributions.NewUniform(0, 1)
	tickets, _ := mechanisms.NewContest(mechanisms.Ratio{Exponent: 1})
	c := line(2001, 1, 0.1, 0)
	proof := private.Contest(tickets, []mechanisms.Distribution{u, u}, []mechanisms.BidCurve{c, c})
	fmt.Printf("%v: nobody gains more than %.3f\n", proof.Standing, proof.Epsilon)
	// Output: certified: nobody gains more than 0.025
}
