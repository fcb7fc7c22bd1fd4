// Package benchmarks keeps what allot is held against: a catalogue of known
// answers keyed by citation, which tests and benchmarks share, and the benchmarks
// of the hot loops. See README.md for how to run and compare them.
package benchmarks

import "allot/mechanisms"

// Case is a mechanism in a market of known values whose equilibrium is known.
type Case struct {
	// ID names the case, Citation is where the answer comes from.
	ID, Citation string
	Values       []float64
	Family       string
	Settings     mechanisms.Settings
	// Win, Cost and Payoff are per agent, in the order of Values; nil where
	// the source gives none.
	Win, Cost, Payoff []float64
	// Metrics are objectives by name.
	Metrics map[string]float64
	Regime  string
	// Tolerance is absolute.
	Tolerance float64
}

// Catalogue lists the known answers under complete information: numbers of the sources
// cited, or derived from their closed forms. A test holds every one against the solver, and
// the certificate against the solver's strategies.
func Catalogue() []Case {
	number, word := mechanisms.Number, mechanisms.Word
	contest := func(exponent float64) mechanisms.Settings {
		return mechanisms.Settings{"exponent": number(exponent)}
	}
	pricing := func(w string) mechanisms.Settings { return mechanisms.Settings{"pricing": word(w)} }
	return []Case{
		{
			ID: "proportional-4-2", Citation: "Neuder, Garimidi, Roughgarden 2024, On block-space distribution mechanisms",
			Values: []float64{4, 2}, Family: "contest", Settings: contest(1), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{2. / 3, 1. / 3}, Cost: []float64{8. / 9, 4. / 9}, Payoff: []float64{16. / 9, 2. / 9},
			Metrics: map[string]float64{"revenue": 4. / 3, "welfare": 10. / 3, "fairness": 0.47140452079103168, "rootProduct": 0.47140452079103168, "effectiveAgents": 1.8},
		},
		{
			ID: "winner-take-all-4-2", Citation: "Neuder, Garimidi, Roughgarden 2024, On block-space distribution mechanisms",
			Values: []float64{4, 2}, Family: "auction", Settings: pricing("first"), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{1, 0}, Cost: []float64{2, 0}, Payoff: []float64{2, 0},
			Metrics: map[string]float64{"revenue": 2, "fairness": 0},
		},
		{
			ID: "proportional-30-20-10", Citation: "Szidarovszky, Okuguchi 1997; Stein 2002 (the active set of a proportional contest)",
			Values: []float64{30, 20, 10}, Family: "contest", Settings: contest(1), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{0.6, 0.4, 0}, Cost: []float64{7.2, 4.8, 0}, Payoff: []float64{10.8, 3.2, 0},
			Metrics: map[string]float64{"revenue": 12, "welfare": 26, "fairness": 0, "effectiveAgents": 1 / 0.52},
		},
		{
			ID: "symmetric-5-at-10", Citation: "Tullock 1980 (x = (n-1)v/n^2)",
			Values: []float64{10, 10, 10, 10, 10}, Family: "contest", Settings: contest(1), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{0.2, 0.2, 0.2, 0.2, 0.2}, Cost: []float64{1.6, 1.6, 1.6, 1.6, 1.6},
			Metrics: map[string]float64{"revenue": 8, "welfare": 10, "fairness": 0.2, "rootProduct": 0.017888543819998323},
		},
		{
			ID: "symmetric-3-exponent-1.4", Citation: "Perez-Castrillo, Verdier 1992 (x = r(n-1)v/n^2, pure for r <= n/(n-1))",
			Values: []float64{1, 1, 1}, Family: "contest", Settings: contest(1.4), Regime: "pure", Tolerance: 1e-12,
			Cost: []float64{0.31111111111111111, 0.31111111111111111, 0.31111111111111111}, Payoff: []float64{1. / 45, 1. / 45, 1. / 45},
			Metrics: map[string]float64{"revenue": 0.93333333333333333},
		},
		{
			ID: "entry-5-exponent-1.5", Citation: "Perez-Castrillo, Verdier 1992 (at most r/(r-1) take part)",
			Values: []float64{1, 1, 1, 1, 1}, Family: "contest", Settings: contest(1.5), Regime: "pure", Tolerance: 1e-12,
			Metrics: map[string]float64{"revenue": 1, "agentSurplus": 0},
		},
		{
			ID: "pure-4-2-exponent-1.3", Citation: "Nti 1999",
			Values: []float64{4, 2}, Family: "contest", Settings: contest(1.3), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{0.7111737206060699, 0.2888262793939301}, Cost: []float64{1.0681094305720253, 0.5340547152860127},
			Metrics: map[string]float64{"revenue": 1.602164145858038},
		},
		{
			ID: "semi-mixed-4-2-exponent-1.5", Citation: "Wang 2010",
			Values: []float64{4, 2}, Family: "contest", Settings: contest(1.5), Regime: "semi-mixed", Tolerance: 1e-12,
			Win: []float64{0.7354331580053001, 0.26456684199469993}, Payoff: []float64{1.8834652640424008, 0},
			Metrics: map[string]float64{"revenue": 1.5874010519681994},
		},
		{
			ID: "mixed-4-2-exponent-3", Citation: "Alcalde, Dahm 2010; Ewerhart 2017 (pay-offs of the all-pay auction for r >= 2)",
			Values: []float64{4, 2}, Family: "contest", Settings: contest(3), Regime: "mixed", Tolerance: 1e-12,
			Win: []float64{0.75, 0.25}, Payoff: []float64{2, 0},
			Metrics: map[string]float64{"revenue": 1.5},
		},
		{
			ID: "all-pay-30-20-10", Citation: "Hillman, Riley 1989; Baye, Kovenock, de Vries 1996",
			Values: []float64{30, 20, 10}, Family: "auction", Settings: pricing("all-pay"), Regime: "mixed", Tolerance: 1e-12,
			Win: []float64{2. / 3, 1. / 3, 0}, Cost: []float64{10, 20. / 3, 0}, Payoff: []float64{10, 0, 0},
			Metrics: map[string]float64{"revenue": 50. / 3},
		},
		{
			ID: "all-pay-reserve-30-20-10", Citation: "derived: t_2 = (v_2^2-r^2)/(2 v_1 v_2) at a reserve of 10 (the setting of Bertoletti, Reserve prices in all-pay auctions with complete information, whose formulas were not compared)",
			Values: []float64{30, 20, 10}, Family: "auction", Settings: mechanisms.Settings{"pricing": word("all-pay"), "reserve": number(10)}, Regime: "mixed", Tolerance: 1e-12,
			Win: []float64{0.75, 0.25, 0}, Cost: []float64{12.5, 5, 0},
			Metrics: map[string]float64{"revenue": 17.5},
		},
		{
			ID: "first-price-30-20-10", Citation: "the worked example of the general model: the limit of 20 + epsilon",
			Values: []float64{30, 20, 10}, Family: "auction", Settings: pricing("first"), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{1, 0, 0}, Cost: []float64{20, 0, 0}, Payoff: []float64{10, 0, 0},
			Metrics: map[string]float64{"revenue": 20, "welfare": 30, "rootProduct": 0},
		},
		{
			ID: "second-price-30-20-10", Citation: "Vickrey 1961",
			Values: []float64{30, 20, 10}, Family: "auction", Settings: pricing("second"), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{1, 0, 0}, Cost: []float64{20, 0, 0}, Payoff: []float64{10, 0, 0},
			Metrics: map[string]float64{"revenue": 20},
		},
		{
			ID: "burn-quarter-4-2", Citation: "a burn share scales values by 1 - alpha; Neuder, Garimidi, Roughgarden 2024 at values 3, 1.5",
			Values: []float64{4, 2}, Family: "contest", Settings: mechanisms.Settings{"burnShare": number(0.25)}, Regime: "pure", Tolerance: 1e-12,
			Win: []float64{2. / 3, 1. / 3}, Cost: []float64{2. / 3, 1. / 3},
			Metrics: map[string]float64{"revenue": 11. / 6},
		},
		{
			ID: "lottery-price-2", Citation: "an equal lottery at the price v_2 (posed by Neuder, Garimidi, Roughgarden 2024)",
			Values: []float64{4, 2}, Family: "lottery", Settings: mechanisms.Settings{"price": number(2)}, Regime: "pure", Tolerance: 1e-12,
			Win: []float64{0.5, 0.5}, Payoff: []float64{1, 0},
			Metrics: map[string]float64{"revenue": 2, "fairness": 0.5, "welfare": 3},
		},
		{
			ID: "staking-1-1.1", Citation: "Arnosti, Weinberg 2022: x_i = max(0, 1 - c_i/c*), values 1/c_i",
			Values: []float64{1, 1 / 1.1}, Family: "contest", Settings: contest(1), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{1.1 / 2.1, 1 / 2.1},
		},
		{
			ID: "staking-1-1-1.5", Citation: "Arnosti, Weinberg 2022: x_i = max(0, 1 - c_i/c*), values 1/c_i",
			Values: []float64{1, 1, 1 / 1.5}, Family: "contest", Settings: contest(1), Regime: "pure", Tolerance: 1e-12,
			Win: []float64{3. / 7, 3. / 7, 1. / 7},
		},
	}
}
