// Package rights says what the proposing right is worth when it is not sold just in
// time to whoever uses it: as a ticket that waits to be drawn (asset.go), slots ahead on a forecast
// (forecast.go), to a holder who resells (resale.go among equal agents, resale_among.go among others),
// under validators' oversight (oversight.go), or with a floor that is burnt (floor.go), among staking
// services too (staking.go).
package rights
