// Package mechanisms is allot's vocabulary: who competes (Market, Agent), what
// the protocol offers (Mechanism, Terms, Design), what the agents do (Profile)
// and what comes of it (Outcome, Account), with one file for each family of
// mechanisms.
//
// The model is that of the program
//
//	choose M to maximise g(T, C)
//	subject to  t_0 + t_1 + ... + t_n = 1,  t_i v_i - c_i >= 0,
//	            a_i a best response,  and every constraint named
//
// where M maps the signals a = (a_1..a_n) to winning probabilities T and
// payments C. Money is in one unit throughout (ETH in the examples); signals
// are in the same unit (bids, spends), never negative.
//
// Anything that implements [Mechanism] is solved, certified and checked by the
// packages above this one. What a mechanism can do beyond that it says by small
// optional interfaces ([Ranked], [Ratioed], [EqualChance], [Priced], [Monotone],
// [Splitter]), and the fast methods are chosen by these, never by a name.
//
// Values are immutable after construction and safe to share between goroutines.
package mechanisms
