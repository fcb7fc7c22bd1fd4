// Package cartel computes the best off-chain agreement that agents can make
// against a mechanism: who takes the right, at what signal, who is paid what, how
// patient the members must be, and what is left to the protocol.
//
// The agreement is a bidding ring under repeated play. Its leader l signals b, the
// other members stand back (signal 0), and after each period the leader pays a
// transfer to each of them. Whoever departs from it is answered with competition
// for ever (grim trigger). With
//
//	u_i  the competitive pay-off of member i, U = sum u_i
//	W(b) the leader's pay-off before transfers, S_j that of a member that stands back
//	D_j  what member j gains at most in the period in which it departs, at least u_j - S_j:
//	     a member that would have more by competing does not join
//	G(b) = W + sum S_j - U, the ring's gain over competition
//
// transfers that keep everyone in exist exactly when
//
//	sum over all members of (1-delta) D_i <= delta G(b),
//
// so that an agreement at b needs delta >= D/(D+G). The least over b is the
// critical discount factor. See Friedman (1971) for grim triggers, Graham and
// Marshall (1987) for rings.
//
// [Gap], [Ring.CriticalDiscount] and [Ring.RobustRevenue] are for hot loops;
// [Ring.Analyse] is the whole report; [Ring.Judge] examines a given agreement; [Rings] compares partial rings;
// [Ring.Adapt] solves the agreement that admits newcomers.
//
// Values are known to the agents throughout. Rings under private values (the weak
// and strong cartels of McAfee and McMillan 1992) are not computed: an Equilibrium
// of expectations enters Gap unchanged, but the deviations below are those of
// agents who know each other's values.
package cartel
