package main

import (
	"io"

	"github.com/spf13/cobra"

	"allot/cmd/allot/internal/relay"
)

func newImport(env *environment) *cobra.Command {
	var o relay.Options
	var names, information string
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "make a study from relay data",
		Long: `Import reads a relay's Data API answer (builder_blocks_received or
proposer_payload_delivered, a JSON array), a table of bids or a table of payments
(CSV) and writes a study. For one slot's bids each builder's value is its best bid; for
the payments of many slots the builders share an empirical value and differ by a
factor of their own; with --window 32 it is about tickets that win as many slots in a row,
whose worth and variance allot slots shows. - reads standard input.`,
		Example: "  allot import bids.json | allot search -\n  allot import payments.csv --names builder-names.csv > study.yaml",
		Args:    one("file"),
	}
	c.Flags().Uint64Var(&o.Slot, "slot", 0, "the slot whose bids are meant, where the file has several")
	c.Flags().IntVar(&o.Builders, "builders", 8, "how many builders of a table of payments to keep apart; the others are one")
	c.Flags().StringVar(&information, "information", "complete", "complete: builders know each other's values; private: of the payments of many slots, what they have in common and their own factor")
	c.Flags().StringVar(&names, "names", "", "a table builder_id,builder with the builders' names")
	c.Flags().IntVar(&o.Window, "window", 0, "of payments: a study of tickets that win so many slots in a row")
	c.RunE = func(c *cobra.Command, args []string) error {
		if o.Builders < 1 || o.Builders > 1000 {
			return wrong("", "--builders: expected a whole number from 1 to 1000, found %d", o.Builders)
		}
		if c.Flags().Changed("window") && (o.Window < 2 || o.Window > 100_000) {
			return wrong("", "--window: expected a whole number from 2 to 100000, found %d", o.Window)
		}
		switch information {
		case "complete":
		case "private":
			o.Private = true
		default:
			return wrong("", "--information: expected complete or private, found %s", information)
		}
		if o.Window > 0 && o.Private {
			return wrong("leave --information private out", "--window: a ticket for slots to come is bought by those who know no more than the distribution")
		}
		if c.Flags().Changed("slot") {
			o.OneSlot = true
		}
		if names != "" {
			f, shown, err := env.open(c.Context(), names)
			if err != nil {
				return err
			}
			defer f.Close()
			if o.Names, err = relay.ReadNames(shown, f); err != nil {
				return err
			}
		}
		f, shown, err := env.open(c.Context(), args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		text, err := relay.Import(shown, f, o)
		if err != nil {
			return err
		}
		_, err = io.WriteString(env.out, text)
		return err
	}
	return c
}
