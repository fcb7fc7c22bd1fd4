// Package rights says what the proposing right is worth when it is not sold just in
// time to whoever uses it: as a ticket that waits to be drawn, slots ahead on a forecast,
// to a holder who resells, under validators' oversight, with a floor that is burnt, or under
// a burn share that winners evade.
package rights
