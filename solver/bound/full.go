package bound

import (
	"math"
	"strings"
)

// Full bounds a built-in objective over all mechanisms when values are known to
// the agents, from E max v and the number of agents.
//
//	revenue, welfare, agentSurplus, proposerIncome, robustRevenue <= E v_(1)
//	fairness, minShare <= 1/n;  rootProduct <= n^(-n/2);  effectiveAgents <= n;  entropy <= ln n
//
// Individual rationality gives c_i <= t_i v_i, so that no mechanism that pays no
// subsidy takes, or leaves, more than sum t_i v_i <= v_(1); a designer who knows v
// and may price-discriminate takes all of it. The concentration measures are
// largest at equal shares. At values 4, 2 the revenue bound is 4, which a test
// asserts. For other objectives the bound is +Inf and the method is empty.
func Full(objective string, expectedMax float64, n int) (value float64, method string) {
	const money = "full information: sum t_i v_i <= E v_(1), individual rationality"
	const shares = "equal shares"
	name, _, _ := strings.Cut(objective, "(")
	switch strings.TrimSpace(name) {
	case "revenue", "welfare", "agentSurplus", "proposerIncome", "robustRevenue":
		return expectedMax, money
	case "fairness", "minShare":
		return 1 / float64(n), shares
	case "rootProduct":
		return math.Exp(-float64(n) / 2 * math.Log(float64(n))), shares
	case "effectiveAgents":
		return float64(n), shares
	case "entropy":
		return math.Log(float64(n)), shares
	}
	return math.Inf(1), ""
}
