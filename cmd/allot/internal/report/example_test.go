package report_test

import (
	"fmt"
	"os"

	"allot/cmd/allot/internal/report"
)

func ExampleDocument_Write() {
	d := &report.Document{
		Facts: []report.Fact{{Label: "status", Text: "done"}},
		Tables: []report.Table{{
			Heading: "Revenue",
			Columns: []string{"mechanism", "revenue"},
			Rows: [][]report.Cell{
				{report.Text("auction"), report.Amount(20)},
				{report.Text("contest"), report.Amount(50. / 3)},
			},
		}},
	}
	for _, f := range []report.Format{report.Plain, report.CSV} {
		if err := d.Write(os.Stdout, f); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// status  done
	//
	// Revenue
	// mechanism   revenue
	// ---------------------
	// auction          20
	// contest    16.66667
	// mechanism,revenue
	// auction,20
	// contest,16.666666666666668
}
