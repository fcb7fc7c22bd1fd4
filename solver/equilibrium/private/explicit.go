package private

import "math"

// explicit makes steps of a system dy/dx = rate(x, y) by the method of Dormand and Prince of order
// 8(5,3), with a polynomial of order 7 inside (Hairer, Norsett, Wanner 1993, II.5, II.6, II.10,
// whose coefficients these are). A test asserts the order on the closed form of two exponential
// draws.
type explicit struct {
	slopes [16][]float64 // at the stages: 0 the start, ending the end, beyond it those for dense
	next   []float64     // the state at a stage
	end    []float64     // the state after the step
	off    []float64     // the estimate of its error
	held   bool          // whether the step was held back by stability
}

// ending is the stage of the slope at the end of a step.
const ending = 12

// term is a coefficient, and the stage that it is for.
type term struct {
	stage int
	a     float64
}

// The stages: where they are, and from which slopes. The last three are for the polynomial.
var (
	stageAt = [16]float64{0, 0.05260015195876773, 0.0789002279381516, 0.1183503419072274, 0.2816496580927726, 1.0 / 3, 0.25,
		4.0 / 13, 0.6512820512820513, 0.6, 6.0 / 7, 1, 1, 0.1, 0.2, 7.0 / 9}
	stageOf = [16][]term{
		1: {{0, 0.05260015195876773}},
		2: {{0, 0.0197250569845379}, {1, 0.0591751709536137}},
		3: {{0, 0.02958758547680685}, {2, 0.08876275643042054}},
		4: {{0, 0.2413651341592667}, {2, -0.8845494793282861}, {3, 0.924834003261792}},
		5: {{0, 1.0 / 27}, {3, 0.17082860872947386}, {4, 0.12546768756682242}},
		6: {{0, 0.037109375}, {3, 0.17025221101954405}, {4, 0.06021653898045596}, {5, -0.017578125}},
		7: {{0, 0.03709200011850479}, {3, 0.17038392571223998}, {4, 0.10726203044637328}, {5, -0.015319437748624402},
			{6, 0.008273789163814023}},
		8: {{0, 0.6241109587160757}, {3, -3.3608926294469414}, {4, -0.868219346841726}, {5, 27.59209969944671},
			{6, 20.154067550477894}, {7, -43.48988418106996}},
		9: {{0, 0.47766253643826434}, {3, -2.4881146199716677}, {4, -0.590290826836843}, {5, 21.230051448181193},
			{6, 15.279233632882423}, {7, -33.28821096898486}, {8, -0.020331201708508627}},
		10: {{0, -0.9371424300859873}, {3, 5.186372428844064}, {4, 1.0914373489967295}, {5, -8.149787010746927},
			{6, -18.52006565999696}, {7, 22.739487099350505}, {8, 2.4936055526796523}, {9, -3.0467644718982196}},
		11: {{0, 2.273310147516538}, {3, -10.53449546673725}, {4, -2.0008720582248625}, {5, -17.9589318631188},
			{6, 27.94888452941996}, {7, -2.8589982771350235}, {8, -8.87285693353063}, {9, 12.360567175794303},
			{10, 0.6433927460157636}},
		ending: {{0, 0.054293734116568765}, {5, 4.450312892752409}, {6, 1.8915178993145003}, {7, -5.801203960010585},
			{8, 0.3111643669578199}, {9, -0.1521609496625161}, {10, 0.20136540080403034}, {11, 0.04471061572777259}},
		13: {{0, 0.056167502283047954}, {6, 0.25350021021662483}, {7, -0.2462390374708025}, {8, -0.12419142326381637},
			{9, 0.15329179827876568}, {10, 0.00820105229563469}, {11, 0.007567897660545699}, {12, -0.008298}},
		14: {{0, 0.03183464816350214}, {5, 0.028300909672366776}, {6, 0.053541988307438566}, {7, -0.05492374857139099},
			{10, -0.00010834732869724932}, {11, 0.0003825710908356584}, {12, -0.00034046500868740456}, {13, 0.1413124436746325}},
		15: {{0, -0.42889630158379194}, {5, -4.697621415361164}, {6, 7.683421196062599}, {7, 4.06898981839711},
			{8, 0.3567271874552811}, {12, -0.0013990241651590145}, {13, 2.9475147891527724}, {14, -9.15095847217987}},
	}
)

// The estimates of the error, of orders 5 and 3.
var (
	errorFive = []term{{0, 0.01312004499419488}, {5, -1.2251564463762044}, {6, -0.4957589496572502}, {7, 1.6643771824549864},
		{8, -0.35032884874997366}, {9, 0.3341791187130175}, {10, 0.08192320648511571}, {11, -0.022355307863886294}}
	errorThree = []term{{0, -0.18980075407240762}, {5, 4.450312892752409}, {6, 1.8915178993145003}, {7, -5.801203960010585},
		{8, -0.4226823213237919}, {9, -0.1521609496625161}, {10, 0.20136540080403034}, {11, 0.02265179219836082}}
)

// The last four coefficients of the polynomial.
var inner = [4][]term{
	{{0, -8.428938276109013}, {5, 0.5667149535193777}, {6, -3.0689499459498917}, {7, 2.38466765651207}, {8, 2.117034582445028},
		{9, -0.871391583777973}, {10, 2.2404374302607883}, {11, 0.6315787787694688}, {12, -0.08899033645133331},
		{13, 18.148505520854727}, {14, -9.194632392478356}, {15, -4.436036387594894}},
	{{0, 10.427508642579134}, {5, 242.28349177525817}, {6, 165.20045171727028}, {7, -374.5467547226902}, {8, -22.113666853125306},
		{9, 7.733432668472264}, {10, -30.674084731089398}, {11, -9.332130526430229}, {12, 15.697238121770845},
		{13, -31.139403219565178}, {14, -9.35292435884448}, {15, 35.81684148639408}},
	{{0, 19.985053242002433}, {5, -387.0373087493518}, {6, -189.17813819516758}, {7, 527.8081592054236}, {8, -11.57390253995963},
		{9, 6.8812326946963}, {10, -1.0006050966910838}, {11, 0.7777137798053443}, {12, -2.778205752353508},
		{13, -60.19669523126412}, {14, 84.32040550667716}, {15, 11.99229113618279}},
	{{0, -25.69393346270375}, {5, -154.18974869023643}, {6, -231.5293791760455}, {7, 357.6391179106141}, {8, 93.40532418362432},
		{9, -37.45832313645163}, {10, 104.0996495089623}, {11, 29.8402934266605}, {12, -43.53345659001114},
		{13, 96.32455395918828}, {14, -39.17726167561544}, {15, -149.72683625798564}},
}

func newExplicit(n int) explicit {
	all := make([]float64, 19*n)
	part := func(i int) []float64 { return all[i*n : i*n+n : i*n+n] }
	e := explicit{next: part(16), end: part(17), off: part(18)}
	for i := range e.slopes {
		e.slopes[i] = part(i)
	}
	return e
}

// sum writes y + h sum a_j slope_j.
func (e *explicit) sum(weights []term, y []float64, h float64, out []float64) {
	clear(out)
	for _, t := range weights {
		for i, d := range e.slopes[t.stage][:len(out)] {
			out[i] += t.a * d
		}
	}
	for i := range out {
		out[i] = y[i] + h*out[i]
	}
}

// stage evaluates the rate at a stage.
func (e *explicit) stage(rate func(x float64, y, dy []float64) bool, stage int, x, h float64, y []float64) bool {
	e.sum(stageOf[stage], y, h, e.next)
	return rate(x+stageAt[stage]*h, e.next, e.slopes[stage])
}

// step makes a step of width h from y, whose slope is in slopes[0], to end, with the slope there in
// slopes[ending]. False means that there was no rate somewhere.
func (e *explicit) step(rate func(x float64, y, dy []float64) bool, x, h float64, y []float64) bool {
	for stage := 1; stage < ending; stage++ {
		if !e.stage(rate, stage, x, h, y) {
			return false
		}
	}
	copy(e.end, e.next) // the last stage's state, for the test of stiffness
	if !e.stage(rate, ending, x, h, y) {
		return false
	}
	up, down := 0.0, 0.0
	for i := range y {
		d, w := e.slopes[ending][i]-e.slopes[ending-1][i], e.next[i]-e.end[i]
		up += d * d
		down += w * w
		five, three := 0.0, 0.0
		for _, t := range errorFive {
			five += t.a * e.slopes[t.stage][i]
		}
		for _, t := range errorThree {
			three += t.a * e.slopes[t.stage][i]
		}
		if e.off[i] = 0; five != 0 {
			e.off[i] = h * five * math.Abs(five) / math.Sqrt(five*five+0.01*three*three)
		}
	}
	copy(e.end, e.next)
	e.held = down > 0 && h*h*up > 6.1*6.1*down
	return true
}

// dense writes the polynomial of the step just made.
func (e *explicit) dense(rate func(x float64, y, dy []float64) bool, x, h float64, y []float64, st *step) {
	smooth := true
	for stage := ending + 1; stage < len(e.slopes) && smooth; stage++ {
		smooth = e.stage(rate, stage, x, h, y)
	}
	for i := range y {
		c := st.c[terms*i : terms*i+terms]
		diff := e.end[i] - y[i]
		bump := h*e.slopes[0][i] - diff
		c[0], c[1], c[2], c[3] = y[i], diff, bump, diff-h*e.slopes[ending][i]-bump
		for j, weights := range inner {
			d := 0.0
			if smooth { // otherwise the cubic is left
				for _, t := range weights {
					d += t.a * e.slopes[t.stage][i]
				}
			}
			c[4+j] = h * d
		}
	}
}

// grow is the factor for the width of the next step, or of the same when ratio is below 1: ratio
// is the tolerance by the error.
func (*explicit) grow(ratio float64) float64 { return math.Sqrt(math.Sqrt(math.Sqrt(ratio))) }
