package distributions

import (
	"reflect"
	"testing"
)

func TestGroups(t *testing.T) {
	d, err := NewUniform(0, 1)
	e, err2 := NewUniform(0, 2)
	s, err3 := NewEmpirical([]float64{1, 2}) // of a slice: == cannot compare it
	same, err4 := NewEmpirical([]float64{2, 1})
	other, err5 := NewEmpirical([]float64{1, 3})
	for _, err := range []error{err, err2, err3, err4, err5} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		values []anyValue
		want   [][]int
	}{
		{nil, nil},
		{[]anyValue{d, e, d}, [][]int{{0, 2}, {1}}},
		{[]anyValue{d, d, e, e, d}, [][]int{{0, 1, 4}, {2, 3}}},
		{[]anyValue{s, d, same, other, d}, [][]int{{0, 2}, {1, 4}, {3}}},
	} {
		if got := Groups(c.values); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.values, got, c.want)
		}
	}
	if !Equal(s, same) || Equal(s, other) || Equal(s, d) || Equal(d, e) {
		t.Error("equal distributions are not found to be so, or others are")
	}
}
