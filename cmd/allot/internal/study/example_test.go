package study_test

import (
	"fmt"
	"os"

	"allot/cmd/allot/internal/study"
)

func ExampleParse() {
	s, err := study.Parse("study.yaml", []byte(`
market:
  agents:
    - {name: Alice, value: 4}
    - {name: other, count: 2, value: {uniform: {low: 0, high: 2}}}
mechanisms:
  - {family: contest, exponent: {from: 0.1, to: 2}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range s.Problem.Market.Agents {
		fmt.Println(a.Name, a.Value.Mean())
	}
	_, err = study.Parse("study.yaml", []byte("market: {agents: [{name: Alice, valeu: 4}]}\n"))
	fmt.Println(err)
	// Output:
	// Alice 4
	// other 1 1
	// other 2 1
	// study.yaml:1:33: unknown key "valeu" in an agent
}

func ExampleRead() {
	_, err := study.Read("-", os.Stdin) // nothing there
	fmt.Println(err)
	// Output: -:1:1: the study is empty
}
