package relay_test

import (
	"fmt"
	"strings"

	"allot/cmd/allot/internal/relay"
)

func ExampleImport() {
	text, err := relay.Import("bids.json", strings.NewReader(`[
  {"slot": "6214255", "builder_pubkey": "0x978a35c39c41aadb", "value": "38256216383786968"},
  {"slot": "6214255", "builder_pubkey": "0x81beef03aafd3dd3", "value": "37860969138527245"},
  {"slot": "6214255", "builder_pubkey": "0x978a35c39c41aadb", "value": "38500321977322877"}
]`), relay.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "value:") {
			fmt.Print(strings.TrimSpace(line), "\n")
		}
	}
	_, err = relay.Import("bids.json", strings.NewReader("[{\"slot\": \"7\", \"value\": \"-1\"}]"), relay.Options{})
	fmt.Println(err)
	// Output:
	// - {name: "0x978a35c3", value: 0.038500321977322877}
	// - {name: "0x81beef03", value: 0.037860969138527245}
	// bids.json:1:25: value: "-1" is negative (byte 24)
}
