package search

import (
	"errors"
	"fmt"
	"strings"

	"allot/mechanisms"
)

var errPrivateFloor = errors.New("a floor where staking services have builders has a method where agents know each other's values only")

// integration sums over draws where the price of a slot goes when staking services have
// builders (rights.Burn).
type integration struct {
	price, kept, apart, others float64
	own                        []float64
}

func (s *integration) add(price, kept, apart, others float64, own []float64, weight float64) {
	s.price += weight * price
	s.kept += weight * kept
	s.apart += weight * apart
	s.others += weight * others
	for len(s.own) < len(own) {
		s.own = append(s.own, 0)
	}
	for k, x := range own {
		s.own[k] += weight * x
	}
}

// notes say who keeps what of a slot.
func (s *integration) notes(m *mechanisms.Market) []string {
	stakes := m.Stakes()
	if len(s.own) == 0 || stakes == nil {
		return nil
	}
	total := 0.0
	var own []string
	for k, q := range stakes {
		if total += q; q > 0 {
			own = append(own, fmt.Sprintf("%s %.6g in its own slots (%.4g %% of all)", m.Agents[k].Name, s.own[k], 100*q))
		}
	}
	if total < 1-1e-12 {
		own = append(own, fmt.Sprintf("proposers without a builder %.6g", s.others))
	}
	return []string{fmt.Sprintf("floor: of a price of %.6g proposers keep %.6g a slot, %.6g if no staking service had a builder; such builders bid late in their own slots and early in others': %s",
		s.price, s.kept, s.apart, strings.Join(own, ", "))}
}
