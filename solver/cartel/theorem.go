package cartel

// The article's theorem: where the mechanism ensures competition, sum c_i > c_min, some
// agreement makes every member better off.
//
//	G = (v_l - sum t_i v_i) + (sum c_i - c_min)
//
// Both terms are at least 0 (l has the highest value), so that competition gives G > 0, and
// the leader alone with transfers u_j + G/n gives each member G/n more. The article's own
// transfers t_j R + (sum c - c_min)/n, R = v_l, leave out what j no longer pays; under them the leader
// gains
//
//	c_l - c_min - (n-1)/n (sum c - c_min)
//
// which is negative for tickets at 30, 20, 10 (10.0 against 10.8 under competition) and for
// equal values with n >= 3. Tests assert both.

// Theorem is the theorem on one market.
type Theorem struct {
	// Collected is sum c_i. Competition says that it exceeds the least cost.
	Collected   float64
	Competition bool
	// Holds: Competition implies a gain. It is true where there is no competition.
	Holds bool
	// Gain is what each member gains from the witness agreement, the leader alone at
	// the least cost with transfers that split the gain equally.
	Gain float64
	// Article are the article's own transfers, in the market's order (the leader's
	// is 0), ArticleGains what each member gains from them, and ArticleFails
	// says that someone loses.
	Article, ArticleGains []float64
	ArticleFails          bool
}

// theorem is about the all-inclusive ring; for a partial one it is empty.
func theorem(r *Ring, rep *Report) Theorem {
	n := len(r.Game.Values)
	if len(rep.Members) != n {
		return Theorem{}
	}
	v := r.Game.Values[rep.Leader]
	tolerance := 1e-12 * v
	t := Theorem{Article: make([]float64, n), ArticleGains: make([]float64, n)}
	for _, c := range r.Equilibrium.Cost {
		t.Collected += c
	}
	least := rep.LeastCost
	t.Competition = t.Collected > least+tolerance
	gap := Gap(r.Game, r.Equilibrium, &Work{}).Gap
	t.Holds = !t.Competition || gap > 0
	t.Gain = gap / float64(n)
	left := v - least
	for j := range n {
		if j == rep.Leader {
			continue
		}
		t.Article[j] = r.Equilibrium.Win[j]*v + (t.Collected-least)/float64(n)
		t.ArticleGains[j] = t.Article[j] - r.Equilibrium.Payoff[j]
		left -= t.Article[j]
	}
	t.ArticleGains[rep.Leader] = left - r.Equilibrium.Payoff[rep.Leader]
	for _, g := range t.ArticleGains {
		t.ArticleFails = t.ArticleFails || g < -tolerance
	}
	return t
}
