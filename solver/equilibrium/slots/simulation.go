package slots

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"

	"allot/mechanisms"
)

// Buyer holds tickets.
type Buyer struct {
	// Capture is the share of a slot's value that the buyer can make of it.
	Capture float64
	// Capital is its cost of capital per slot.
	Capital float64
	// Funds is what it can spend in a run, besides what it earns; 0 means no limit.
	Funds float64
}

// Sales is a ticket market at a posted price, run slot by slot. In every slot the
// tickets on offer go one by one to the buyer that values one more the highest, if at no
// less than the price; then one of the tickets outstanding is drawn, uniformly, its holder
// makes Capture of the slot's value, and the price is posted anew (by rules with a method
// EachTicket after every ticket). With N tickets
// outstanding a buyer values one at
//
//	Capture E[R] / (1 + N Capital)
//
// (Burian, Crapis 2024); of equal buyers the one with the fewest tickets buys.
type Sales struct {
	Buyers  []Buyer
	Posting Posting
	// Price is the first price; Offer is the most tickets sold in a slot.
	Price float64
	Offer int
	// Reward is the value R of a slot, independent from slot to slot.
	Reward mechanisms.Distribution
	// Runs paths of Slots slots each are drawn, run r from the stream (Seed, r).
	Slots, Runs int
	// Skip slots at the beginning of each run come before those and are not counted.
	Skip int
	Seed uint64
	// Workers share the runs; the result does not depend on how many there are.
	Workers int
}

// Long is what a simulation found. Means are over all slots of all runs.
type Long struct {
	// Collected and Available are the protocol's revenue and E[R] as drawn, per slot;
	// Captured is Collected/Available.
	Collected, Available, Captured float64
	// Shares is how often each buyer wins; Unsold how often nobody had a ticket.
	Shares []float64
	Unsold float64
	// Exposure is how often the winner of a slot wins the next too.
	Exposure float64
	// Price is the mean posted price, Low and High the extremes, Volatility the variance
	// of its changes; Paid is the mean price of the tickets that were sold, 0 if none was.
	Price, Low, High, Volatility, Paid float64
	// PerRun is Captured run by run and Error the standard error of Captured: from
	// the runs where there are two or more, from batch means for one.
	PerRun []float64
	Error  float64
	// Samples is the effective number of independent slots behind Collected, from
	// the variance of batch means; Paths that of independent runs.
	Samples, Paths float64
}

// path is one run.
type path struct {
	collected, available, price, change, squares float64
	low, high                                    float64
	wins                                         []int
	unsold, twice, sold                          int
	samples, spread                              float64
	err                                          error
}

// Run draws the paths. It stops between runs when the context ends.
func (s Sales) Run(ctx context.Context) (Long, error) {
	if err := s.check(); err != nil {
		return Long{}, err
	}
	paths := make([]path, s.Runs)
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(max(1, s.Workers), s.Runs) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			series := make([]float64, 2*s.Slots)
			for r := range next {
				paths[r] = s.path(uint64(r), series)
			}
		}()
	}
	var stopped error
feed:
	for r := range s.Runs {
		select {
		case next <- r:
		case <-ctx.Done():
			stopped = fmt.Errorf("slots: simulation stopped: %w", ctx.Err())
			break feed
		}
	}
	close(next)
	wait.Wait()
	if stopped != nil {
		return Long{}, stopped
	}
	return s.join(paths)
}

func (s Sales) check() error {
	if s.Posting == nil || s.Reward == nil || len(s.Buyers) == 0 {
		return errors.New("slots: a simulation needs a posted price, a reward and buyers")
	}
	if err := s.Posting.Check(); err != nil {
		return err
	}
	if s.Slots < 1 || s.Runs < 1 || s.Offer < 1 || s.Slots > 1<<32 || s.Skip < 0 || s.Skip > 1<<32 || s.Runs > 1<<20 {
		return fmt.Errorf("slots: %d runs of %d slots after %d with %d tickets on offer", s.Runs, s.Slots, s.Skip, s.Offer)
	}
	mean := s.Reward.Mean()
	low, _ := s.Reward.Support()
	if !(mean > 0 && mean <= math.MaxFloat64) || !(low >= 0) || !(s.Price >= 0 && s.Price <= math.MaxFloat64) {
		return fmt.Errorf("slots: a reward of mean %g from %g and a first price of %g: the mean must be positive, all finite and at least 0", mean, low, s.Price)
	}
	for i, b := range s.Buyers {
		if !(b.Capture >= 0 && b.Capture <= 1) || !(b.Capital >= 0 && b.Capital <= math.MaxFloat64) || !(b.Funds >= 0 && b.Funds <= math.MaxFloat64) {
			return fmt.Errorf("slots: buyer %d: capture %g is not in [0, 1], or capital cost %g or funds %g not finite and at least 0", i+1, b.Capture, b.Capital, b.Funds)
		}
	}
	return nil
}

// path runs one stream; series is work space for what each slot brings.
func (s Sales) path(stream uint64, series []float64) path {
	revenues, rewards := series[:s.Slots], series[s.Slots:]
	rng := rand.New(rand.NewPCG(s.Seed, stream))
	n := len(s.Buyers)
	p := path{wins: make([]int, n), low: math.Inf(1)}
	held, funds := make([]int, n), make([]float64, n)
	for i, b := range s.Buyers {
		funds[i] = b.Funds
		if b.Funds == 0 {
			funds[i] = math.Inf(1)
		}
	}
	mean := s.Reward.Mean()
	_, each := s.Posting.(interface{ EachTicket() })
	price, outstanding, last := s.Price, 0, -1
	for step := range s.Skip + s.Slots {
		slot := step - s.Skip
		if slot == 0 {
			p = path{wins: make([]int, n), low: math.Inf(1)}
			last = -1
		}
		revenue, opening := 0.0, price
		for range s.Offer {
			if each {
				price = s.Posting.Next(price, outstanding)
			}
			i := s.taker(held, funds, outstanding, price, mean)
			if i < 0 {
				break
			}
			held[i]++
			funds[i] -= price
			outstanding++
			p.sold++
			revenue += price
		}
		reward := s.Reward.Quantile(rng.Float64())
		p.available += reward
		winner := -1
		if outstanding > 0 {
			ticket := rng.IntN(outstanding)
			for winner = 0; ticket >= held[winner]; winner++ {
				ticket -= held[winner]
			}
			held[winner]--
			outstanding--
			funds[winner] += reward * s.Buyers[winner].Capture
			p.wins[winner]++
			if winner == last {
				p.twice++
			}
		} else {
			p.unsold++
		}
		last = winner
		p.collected += revenue
		p.price += opening
		p.low, p.high = math.Min(p.low, opening), math.Max(p.high, opening)
		if slot >= 0 {
			revenues[slot], rewards[slot] = revenue, reward
		}
		following := s.Posting.Next(price, outstanding)
		if math.IsNaN(following) || following < 0 || math.IsInf(following, 1) {
			p.err = fmt.Errorf("slots: the rule posts a price of %g after %g", following, opening)
			return p
		}
		p.change += following - opening
		p.squares += (following - opening) * (following - opening)
		price = following
	}
	p.samples, _ = effective(revenues)
	if p.available > 0 { // the error of a ratio is that of revenue - ratio*reward
		for slot := range revenues {
			revenues[slot] -= p.collected / p.available * rewards[slot]
		}
		_, square := effective(revenues)
		p.spread = math.Sqrt(square) * float64(s.Slots) / p.available
	}
	return p
}

// taker is the buyer of one more ticket at the price, or -1.
func (s Sales) taker(held []int, funds []float64, outstanding int, price, mean float64) int {
	best, most := -1, 0.0
	for i, b := range s.Buyers {
		worth := b.Capture * mean / (1 + float64(outstanding+1)*b.Capital)
		if worth < price || funds[i] < price || worth == 0 {
			continue
		}
		if best < 0 || worth > most || worth == most && held[i] < held[best] {
			best, most = i, worth
		}
	}
	return best
}

// join adds up the paths in their order.
func (s Sales) join(paths []path) (Long, error) {
	out := Long{Shares: make([]float64, len(s.Buyers)), PerRun: make([]float64, len(paths)), Low: math.Inf(1)}
	slots := float64(s.Slots) * float64(len(paths))
	available := make([]float64, len(paths))
	change, squares, twice, sold := 0.0, 0.0, 0, 0
	for r, p := range paths {
		if p.err != nil {
			return Long{}, p.err
		}
		out.Collected += p.collected / slots
		out.Available += p.available / slots
		out.Price += p.price / slots
		out.Unsold += float64(p.unsold) / slots
		change += p.change / slots
		squares += p.squares / slots
		twice += p.twice
		sold += p.sold
		out.Low, out.High = math.Min(out.Low, p.low), math.Max(out.High, p.high)
		out.Samples += p.samples
		available[r] = p.available
		if p.available > 0 {
			out.PerRun[r] = p.collected / p.available
		}
		for i, w := range p.wins {
			out.Shares[i] += float64(w) / slots
		}
	}
	if pairs := float64(s.Slots-1) * float64(len(paths)); pairs > 0 {
		out.Exposure = float64(twice) / pairs
	}
	out.Volatility = math.Max(0, squares-change*change)
	if sold > 0 {
		out.Paid = out.Collected * slots / float64(sold)
	}
	if out.Available > 0 {
		out.Captured = out.Collected / out.Available
	}
	out.Paths = EffectivePaths(available, 0)
	out.Error = paths[0].spread
	if k := float64(len(paths)); k > 1 {
		mean, sum := 0.0, 0.0
		for _, x := range out.PerRun {
			mean += x / k
		}
		for _, x := range out.PerRun {
			sum += (x - mean) * (x - mean)
		}
		out.Error = math.Sqrt(sum / (k - 1) / k)
	}
	return out, nil
}

// effective is the number of independent observations that tell as much of the mean
// as the series, n var(x)/(b var(batch means)) with about sqrt n batches of b, at
// least 1 and at most n (Flegal, Jones 2010), and the squared error of the mean by the same
// batches. A constant series counts in full, one of fewer than four as one.
func effective(x []float64) (samples, square float64) {
	n := len(x)
	size := int(math.Sqrt(float64(n)))
	if size < 2 {
		return 1, 0
	}
	if low, high := slices.Min(x), slices.Max(x); high-low <= 1e-12*math.Abs(high) {
		return float64(n), 0 // constant: sums of it vary in their last digits
	}
	batches := n / size
	mean := 0.0
	for _, v := range x[:size*batches] {
		mean += v
	}
	mean /= float64(size * batches)
	variance, between := 0.0, 0.0
	for k := range batches {
		sum := 0.0
		for _, v := range x[k*size : (k+1)*size] {
			variance += (v - mean) * (v - mean)
			sum += v
		}
		d := sum/float64(size) - mean
		between += d * d
	}
	variance /= float64(size*batches - 1)
	between /= float64(batches - 1)
	square = between / float64(batches)
	if variance == 0 || between == 0 {
		return float64(n), square
	}
	return math.Min(float64(n), math.Max(1, variance/square)), square
}

// EffectivePaths is the number of independent runs among those with the given
// totals: runs whose totals differ by no more than the tolerance, from one to the next,
// count as one path, and paths of m_1, m_2, ... runs as (sum m)^2/sum m^2. Seven and three runs
// of two paths count as 1.72. Of no runs it is 0.
func EffectivePaths(totals []float64, tolerance float64) float64 {
	sorted := append([]float64(nil), totals...)
	sort.Float64s(sorted)
	runs, squares, group := 0.0, 0.0, 0.0
	for k, x := range sorted {
		if k > 0 && x-sorted[k-1] > tolerance {
			squares += group * group
			group = 0
		}
		group++
		runs++
	}
	if runs == 0 {
		return 0
	}
	return runs * runs / (squares + group*group)
}
