package benchmarks

import "fmt"

// The winner-pays auction and the ticket of Neuder, Garimidi and Roughgarden (2024).
func ExampleCatalogue() {
	for _, c := range Catalogue()[:2] {
		fmt.Printf("%s: revenue %.6f\n", c.ID, c.Metrics["revenue"])
	}
	// Output:
	// proportional-4-2: revenue 1.333333
	// winner-take-all-4-2: revenue 2.000000
}
