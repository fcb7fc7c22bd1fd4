package rights_test

import (
	"fmt"

	"allot/mechanisms"
	"allot/mechanisms/distributions"
	"allot/solver/equilibrium"
	"allot/solver/equilibrium/rights"
)

func ExampleTicket() {
	a, err := rights.Ticket(30, 1800, 100, 0.001)
	fmt.Printf("%.4f %.4f %.2f %.2f %v\n", a.Mean, a.Variance, a.Issued, a.Unissued, err)
	// Output: 27.2727 756.0734 2727.27 27272.73 <nil>
}

func ExampleAuctioned() {
	a, err := rights.Auctioned(30, 900, 32, 0.001)
	fmt.Printf("%.4f %.4f %v\n", a.Mean, a.Variance, err)
	// Output: 29.0557 844.2315 <nil>
}

func ExampleSlotRate() {
	d, err := rights.SlotRate(0.034, 2628000)
	fmt.Printf("%.4e %v\n", d, err)
	// Output: 1.2723e-08 <nil>
}

func ExampleCaptured() {
	c, err := rights.Captured([]float64{4, 2}, []float64{0, 0}, 1024)
	fmt.Println(c, err)
	// Output: {0 2 0.5} <nil>
}

func ExampleStaking() {
	shares, threshold, err := rights.Staking([]float64{1, 1.1})
	fmt.Printf("%.6f %.1f %v\n", shares, threshold, err)
	// Output: [0.523810 0.476190] 2.1 <nil>
}

func ExampleResell() {
	uniform, err := distributions.NewUniform(0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := rights.Resell(uniform, 2)
	fmt.Printf("holder %.4f, rival %.4f, price %.4f against %.4f just in time; kept %.2f %v\n", r.Holder, r.Rival, r.Price, r.JustInTime, r.Kept, err)
	// Output: holder 0.5833, rival 0.0417, price 0.5417 against 0.3333 just in time; kept 0.75 <nil>
}

// A value that is forecast four slots ahead, when 0.8 of its logarithm persists.
func ExampleAhead() {
	value, err := distributions.NewLogNormal(0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := &mechanisms.Market{Agents: []mechanisms.Agent{{Value: value}}, Persistence: 0.8}
	ahead, err := rights.Ahead(m, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, sigma := ahead.Agents[0].Value.(distributions.LogNormal).Parameters()
	fmt.Printf("%.4f at mean %.4f\n", sigma, ahead.Agents[0].Value.Mean())
	// Output: 0.4096 at mean 1.6487
}

func ExampleForecasts() {
	tickets, err := mechanisms.NewTickets(mechanisms.Sale{Price: 1, Supply: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := &mechanisms.Market{Agents: []mechanisms.Agent{{Value: mechanisms.Point(30), CapitalCost: 0.001}}}
	f, err := rights.Forecasts(m, tickets, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", 30*f[0].Hold)
	// Output: 27.2727
}

func ExampleOversight_Errors() {
	e, err := rights.Oversight{Threshold: 0.8, Noise: 0.1}.Errors(20, 10)
	fmt.Printf("honest rejected %.4f, cartels passed %.1e %v\n", e.Honest, e.Cartel, err)
	// Output: honest rejected 0.0128, cartels passed 1.3e-06 <nil>
}

func ExampleOversight_Evade() {
	e, err := rights.Oversight{Threshold: 0.8}.Evade(30, 20)
	fmt.Println(e, err)
	// Output: {16 14 1} <nil>
}

func ExampleFloor_Settle() {
	first, err := mechanisms.NewAuction(1, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	g := mechanisms.Game{Mechanism: first, Values: []float64{30, 20, 10}}
	var solver equilibrium.Solver
	var eq equilibrium.Equilibrium
	if err := solver.Solve(g, &eq); err != nil {
		fmt.Println(err)
		return
	}
	// The second builder belongs to a staking service with a tenth of the slots.
	f := rights.Floor{Seen: 0.8, Stakes: []float64{0, 0.1, 0}}
	var b rights.Burn
	err = f.Settle(g, &eq, &b)
	fmt.Printf("price %g: its own slots %g, others %g, on average %.1f instead of %g %v\n", b.Price, b.Own[1], b.Others, b.Kept, b.Apart, err)
	// Output: price 20: its own slots 12, others 0, on average 1.2 instead of 4 <nil>
}

func ExampleResellAmong() {
	strong, err := distributions.NewUniform(0, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	weak, err := distributions.NewUniform(0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := rights.ResellAmong([]mechanisms.Distribution{strong, weak})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("agent %d buys at %.4f and uses %.3f of the slots, just in time %.3f\n", r.Winner+1, r.Price, r.Shares[0], r.Usual[0])
	// Output: agent 1 buys at 0.7708 and uses 0.875 of the slots, just in time 0.750
}
