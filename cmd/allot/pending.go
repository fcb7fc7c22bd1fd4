package main

import (
	"context"
	"errors"

	"allot/solver/search"
)

func init() {
	engine.search = func(context.Context, *search.Problem, func(search.Progress)) (*search.Report, error) {
		return nil, errors.New("pending")
	}
	engine.evaluate = func(context.Context, *search.Problem) (*search.Report, error) { return nil, errors.New("pending") }
}
