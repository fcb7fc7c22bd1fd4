// Package optimize maximises a black-box function of a few parameters under
// constraints, with few evaluations, and finds answers at corners, kinks and jumps exactly.
//
// It asks and is told: the caller owns the loop and the workers, the optimiser is a
// deterministic state machine without goroutines, clock or files. The same problem, seed
// and results give the same trials, in whatever order the trials of a batch are told.
//
// A search surveys the box with scrambled Sobol points, polishes the best points of
// each smooth piece by sequential quadratic programming that never leaves the piece,
// explores on with an evolution strategy under an augmented Lagrangian, refines ends of
// pieces and of the feasible set along the axes to adjacent floats, and snaps the answer to
// a short decimal where that is no worse.
package optimize
