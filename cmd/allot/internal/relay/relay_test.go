package relay_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"allot/cmd/allot/internal/relay"
	"allot/cmd/allot/internal/study"
	"allot/mechanisms"
)

func bid(slot int, key string, wei string) string {
	return fmt.Sprintf(`{"slot":"%d","block_hash":"0x%s%s","builder_pubkey":"0x%s","value":"%s","num_tx":"133"}`, slot, key, wei, key, wei)
}

func read(t *testing.T, text string) *study.Study {
	t.Helper()
	s, err := study.Parse("imported", []byte(text))
	if err != nil {
		t.Fatalf("the imported study is wrong: %v\n%s", err, text)
	}
	return s
}

// TestBids holds that a builder's value is its best bid to the last wei, beyond 64
// bits included.
func TestBids(t *testing.T) {
	text, err := relay.Import("bids.json", strings.NewReader("[\n"+strings.Join([]string{
		bid(7, "aaaaaaaa00", "41833000007137365"),
		bid(7, "aaaaaaaa00", "40000000000000000"),
		bid(7, "aaaaaaaa11", "38256216383786968"),
		bid(7, "bbbbbbbb00", "123456789012345678901234"),
		bid(7, "cccccccc00", "0"),
	}, ",\n")+"\n]\n"), relay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "value: 123456.789012345678901234}") || !strings.Contains(text, "value: 0.041833000007137365}") {
		t.Errorf("values lost digits:\n%s", text)
	}
	agents := read(t, text).Problem.Market.Agents
	var got []string
	for _, a := range agents {
		got = append(got, fmt.Sprintf("%s=%v", a.Name, float64(a.Value.(mechanisms.Point))))
	}
	want := "0xbbbbbbbb=123456.78901234567 0xaaaaaaaa0=0.04183300000713736 0xaaaaaaaa1=0.03825621638378697 0xcccccccc=0"
	if strings.Join(got, " ") != want {
		t.Errorf("agents %v, want %s", got, want)
	}
}

func TestSlots(t *testing.T) {
	two := "[" + bid(7, "aaaaaaaa", "5") + "," + bid(8, "aaaaaaaa", "6") + "," + bid(8, "bbbbbbbb", "7") + "]"
	_, err := relay.Import("f", strings.NewReader(two), relay.Options{})
	var e *relay.Error
	if !errors.As(err, &e) || e.Message != "bids for 2 slots" || e.Hint != "choose one with --slot, such as --slot 8" {
		t.Errorf("error %v", err)
	}
	text, err := relay.Import("f", strings.NewReader(two), relay.Options{OneSlot: true, Slot: 7})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, text).Problem.Market.Agents); n != 1 {
		t.Errorf("%d builders bid for slot 7, want 1", n)
	}
	if _, err = relay.Import("f", strings.NewReader(two), relay.Options{OneSlot: true, Slot: 9}); err == nil || !strings.Contains(err.Error(), "no bid for slot 9") {
		t.Errorf("error %v", err)
	}
}

// TestPayments holds what the study of many slots promises: the mean of the
// payments, the builders' shares and the runner-up's mean.
func TestPayments(t *testing.T) {
	var b strings.Builder
	b.WriteString("slot,builder_id,kind,value_gwei,base_fee_gwei\n")
	sum, n := 0.0, 0
	for i := range 3000 {
		gwei := 20_000_000 + i%977*100_000
		if i%500 == 0 {
			gwei *= 1000
		}
		fmt.Fprintf(&b, "%d,%d,m,%d,39.8\n", 100+i, 1+i*i%7, gwei)
		sum, n = sum+float64(gwei)/1e9, n+1
		if i%10 == 0 {
			fmt.Fprintf(&b, "%d,,x,,1\n", 10000+i)
		}
	}
	text, err := relay.Import("p.csv", strings.NewReader(b.String()), relay.Options{Builders: 2, Names: map[string]string{"1": "one", "2": "one"}})
	if err != nil {
		t.Fatal(err)
	}
	agents := read(t, text).Problem.Market.Agents
	if len(agents) != 3 {
		t.Fatalf("%d agents, want two builders and the others", len(agents))
	}
	mean := sum / float64(n)
	common := agents[0].Common
	if got := common.Value.Mean(); math.Abs(got-mean) > 1e-12*mean {
		t.Errorf("the common value has mean %g, the payments %g", got, mean)
	}
	// The chance that i's factor is highest and the mean of the second highest, by
	// quadrature over the factors' common support.
	_, high := agents[0].Value.Support()
	const steps = 200_000
	wins := make([]float64, len(agents))
	runnerUp := 0.0
	for s := range steps {
		x := (float64(s) + 0.5) / steps * high
		below, all := 0.0, 1.0
		for _, a := range agents {
			all *= a.Value.CDF(x)
		}
		for i, a := range agents {
			others := all / a.Value.CDF(x)
			below += others - all
			wins[i] += others * (a.Value.CDF((float64(s)+1)/steps*high) - a.Value.CDF(float64(s)/steps*high))
		}
		runnerUp += (1 - below - all) * high / steps
	}
	if math.Abs(runnerUp-1) > 1e-5 {
		t.Errorf("the runner-up's factor is %g on average, want 1", runnerUp)
	}
	shares := []float64{2. / 7, 2. / 7, 3. / 7}
	for i := range shares {
		if math.Abs(wins[i]-shares[i]) > 1e-3 {
			t.Errorf("%s wins %g, want %g", agents[i].Name, wins[i], shares[i])
		}
	}
}

// TestOnePayer holds the degenerate tables.
func TestOnePayer(t *testing.T) {
	text, err := relay.Import("p.csv", strings.NewReader("slot,builder_id,kind,value_gwei\n1,4,m,5\n2,4,m,7\n"), relay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a := read(t, text).Problem.Market.Agents; len(a) != 1 || math.Abs(a[0].Common.Value.Mean()-6e-9) > 1e-22 {
		t.Errorf("agents %+v", a)
	}
	_, err = relay.Import("p.csv", strings.NewReader("slot,builder_id,kind,value_gwei\n1,4,m,5\n2,3,m,5\n"), relay.Options{})
	if err == nil || !strings.Contains(err.Error(), "every payment is 5e-09 ETH") {
		t.Errorf("error %v", err)
	}
}

func TestDelivered(t *testing.T) {
	text, err := relay.Import("d.json", strings.NewReader("["+bid(7, "aaaaaaaa", "5000000000000000")+","+bid(8, "bbbbbbbb", "7000000000000000")+","+bid(8, "bbbbbbbb", "7000000000000000")+"]"), relay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := read(t, text); len(s.Problem.Market.Agents) != 2 || math.Abs(s.Problem.Market.Agents[0].Common.Value.Mean()-0.006) > 1e-15 {
		t.Errorf("a payload that two relays delivered counts once:\n%s", text)
	}
}

func TestErrors(t *testing.T) {
	good := bid(7, "aaaaaaaa", "5")
	for name, c := range map[string]struct{ text, at, message string }{
		"empty":             {"", "1:1", "empty"},
		"blank":             {" \n\n", "1:1", "empty"},
		"object":            {`{"code": 400}`, "1:1", "expected a JSON array, found an object"},
		"empty array":       {"[]", "0:0", "no bid and no payment"},
		"not an object":     {"[\n 3]", "2:2", "expected an object"},
		"null":              {"[null]", "1:5", "expected an object"},
		"truncated":         {"[" + good + ",\n{\"slot\":", "2:9", "truncated"},
		"no end":            {"[" + good, "", "truncated"},
		"trailing":          {"[" + good + "]\n[", "2:1", "expected the end"},
		"syntax":            {"[{\"slot\": zzz}]", "", "not JSON"},
		"no value":          {"[\n{\"slot\":\"1\",\"builder_pubkey\":\"0xaaaaaaaa\"}]", "", "no value"},
		"slot type":         {"[{\"slot\": [1]}]", "1:11", "slot: expected a slot number"},
		"slot negative":     {"[{\"slot\": \"-1\"}]", "1:11", "slot: expected a slot number"},
		"value negative":    {"[{\"slot\":\"1\",\n\"value\": \"-5\"}]", "2:10", `value: "-5" is negative`},
		"value fraction":    {"[{\"slot\":\"1\",\n\"value\": \"1.5\"}]", "2:10", "value: expected a whole number"},
		"value exponent":    {"[{\"slot\":\"1\",\n\"value\": 1e3}]", "2:10", "value: expected a whole number"},
		"value huge":        {"[{\"value\": \"" + strings.Repeat("9", 79) + "\"}]", "1:12", "too large"},
		"value beyond ETH":  {"[{\"value\": \"1" + strings.Repeat("0", 40) + "\"}]", "1:12", "too large: more than"},
		"key":               {"[{\"builder_pubkey\": \"zz\"}]", "1:21", "expected a public key"},
		"terminal escape":   {"[{\"builder_pubkey\": \"0x\\u001b[31m\"}]", "1:21", "expected a public key"},
		"key twice":         {"[{\"slot\":\"1\",\n  \"slot\":\"1\"}]", "2:3", `"slot" appears twice`},
		"other key twice":   {"[{\"a\":1,\"a\":2}]", "1:9", `"a" appears twice`},
		"much blank":        {strings.Repeat(" \n", 5000), "1:1", "not a table"},
		"not a table":       {"hello\n", "1:1", "not a table"},
		"column twice":      {"slot,slot\n", "1:6", "appears twice"},
		"kind":              {"slot,builder_id,kind,value_gwei\n1,2,q,3\n", "2:5", "expected m, u, v or x"},
		"payment negative":  {"slot,builder_id,kind,value_gwei\n1,2,m,-3\n", "2:7", "is negative"},
		"payment missing":   {"slot,builder_id,kind,value_gwei\n1,2,m,\n", "2:7", "found nothing"},
		"payment slot":      {"slot,builder_id,kind,value_gwei\nx,2,m,3\n", "2:1", "slot number"},
		"payment twice":     {"slot,builder_id,kind,value_gwei\n1,2,m,3\n1,2,m,3\n", "3:1", "two payments"},
		"ragged":            {"slot,builder_id,kind,value_gwei\n1,2\n", "2:1", "wrong number of fields"},
		"control in a name": {"slot,builder_id,kind,value_gwei\n1,0\x00,m,3\n", "2:3", "builder_id: expected a builder, found"},
		"bare quote":        {"slot,builder_id,kind,value_gwei\n1,\"2,m,3\n", "", "quote"},
		"no payments":       {"slot,builder_id,kind,value_gwei\n1,,x,\n", "0:0", "no bid and no payment"},
		"bid key":           {"slot,relay,builder_pubkey_prefix,value_gwei\n1,r,0xzz,3\n", "2:5", "public key"},
		"an endless key":    {"[{\"" + strings.Repeat("x", 8<<20), "", "more than"},
		"an endless line":   {"slot,builder_id,kind,value_gwei\n\"" + strings.Repeat("x", 8<<20), "", "more than"},
		"a deep value":      {"[{\"x\":" + strings.Repeat("[", 20000), "", "depth"},
		"too many keys":     {"[{" + keys(300) + "}]", "", "more than 256 keys"},
		"infinite in quote": {"[{\"value\": \"Infinity\"}]", "1:12", "expected a whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := relay.Import("f", strings.NewReader(c.text), relay.Options{})
			var e *relay.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want one with a position", err)
			}
			if at := fmt.Sprintf("%d:%d", e.Line, e.Column); c.at != "" && at != c.at {
				t.Errorf("at %s, want %s (%s)", at, c.at, e.Message)
			}
			if !strings.Contains(e.Message, c.message) {
				t.Errorf("message %q, want %q", e.Message, c.message)
			}
		})
	}
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\"k%d\":1,", i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// endless repeats a piece of text.
type endless struct {
	start, piece string
	left         int
	rest         string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.start != "" {
			e.rest, e.start = e.start, ""
		} else if e.left == 0 {
			return 0, io.EOF
		} else {
			e.rest, e.left = e.piece, e.left-1
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestStream holds that positions stay right far into a long input.
func TestStream(t *testing.T) {
	in := &endless{start: "[\n", piece: bid(7, "aaaaaaaa", "5") + ",\n", left: 50_000}
	_, err := relay.Import("f", in, relay.Options{})
	var e *relay.Error
	if !errors.As(err, &e) || e.Line != 50_002 || e.Column != 1 || !strings.Contains(e.Message, "truncated") {
		t.Errorf("error %v", err)
	}
}

func TestNames(t *testing.T) {
	names, err := relay.ReadNames("n.csv", strings.NewReader("builder_id,builder\n1,beaver\x1b[31m build\n2,\xff\n"))
	if err != nil || len(names) != 1 || names["1"] != "beaver[31m build" {
		t.Errorf("names %q, error %v", names, err)
	}
	if _, err := relay.ReadNames("n.csv", strings.NewReader("a,b\n")); err == nil {
		t.Error("a table without names was taken")
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("["+bid(7, "aaaaaaaa00", "41833000007137365")+","+bid(7, "aaaaaaaa11", "0")+"]"), false)
	f.Add([]byte("["+bid(7, "aaaaaaaa", "5")+","+bid(8, "aaaaaaaa", "6")+"]"), true)
	f.Add([]byte("slot,builder_id,kind,value_gwei\n1,2,m,3\n2,3,m,4\n3,,x,\n"), false)
	f.Add([]byte("slot,builder_id,0000,value_gwei\n0,0\x00,0,0"), false)
	f.Add([]byte("slot,relay,builder_pubkey_prefix,value_gwei\n1,r,0xaaaaaaaa,3\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, one bool) {
		text, err := relay.Import("f", strings.NewReader(string(data)), relay.Options{OneSlot: one, Slot: 7})
		if err != nil {
			var e *relay.Error
			if !errors.As(err, &e) || e.Message == "" {
				t.Fatalf("error without a position: %v", err)
			}
			return
		}
		if _, err := study.Parse("imported", []byte(text)); err != nil && !strings.Contains(err.Error(), "too small") {
			t.Fatalf("the imported study is wrong: %v\n%s", err, text)
		}
	})
}
