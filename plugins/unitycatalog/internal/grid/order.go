package grid

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const (
	// MaxSorted is how many rows a result can have to be sorted on a page, and maxKeys how large its column can be. A larger one is
	// for the warehouse to sort.
	MaxSorted = 200_000
	maxKeys   = 64 << 20
	// maxKeptOrders is how many rows all orders that are kept have, and ordersTTL for how long.
	maxKeptOrders = 4_000_000
	ordersTTL     = 15 * time.Minute
)

// Order is how rows are sorted. A column below 0 stands for the order in which the warehouse has given them.
type Order struct {
	Column     int
	Descending bool
}

// Unsorted is the warehouse's own order.
var Unsorted = Order{Column: -1}

// CanSort says whether a result is small enough to be sorted here.
func CanSort(m *statement.Manifest) bool { return m.RowCount <= MaxSorted }

type orders struct {
	kept *workspace.Cache[orderKey, []int32]
}

type orderKey struct {
	statement string
	order     Order
}

func newOrders() orders {
	return orders{workspace.NewCache[orderKey](workspace.CacheSettings[[]int32]{
		MaxEntries: maxKeptOrders, TTL: ordersTTL,
		Weigh: func(numbers []int32) uint32 { return uint32(len(numbers)) + 1 }, //nolint:gosec // at most MaxSorted
	})}
}

// order returns the numbers of all rows in an order. Rows with equal values stay as they are; NULL comes last.
func (r *Reader) order(ctx context.Context, m *statement.Manifest, order Order) ([]int32, error) {
	if order.Column >= len(m.Columns) || !CanSort(m) {
		return nil, tooLargeToSort()
	}
	return r.orders.kept.Get(ctx, orderKey{m.ID, order}, func(ctx context.Context) ([]int32, error) {
		k, err := r.keys(ctx, m, order.Column)
		if err != nil {
			return nil, err
		}
		numbers := make([]int32, len(k.nulls))
		for i := range numbers {
			numbers[i] = int32(i)
		}
		slices.SortStableFunc(numbers, k.compare(order.Descending))
		return numbers, nil
	})
}

func tooLargeToSort() error {
	return fault.Newf(fault.Unprocessable, "Only results of up to %d rows are sorted here. Sort with ORDER BY.", MaxSorted).WithCode("TOO_LARGE_TO_SORT")
}

// keys are the values of one column.
type keys struct {
	nulls   []bool
	numbers []float64 // of a numeric column
	texts   [][]byte  // of any other, and of a number that float64 cannot tell from its neighbours
}

// exact is up to which length the text of a number is sure to be told from others as a float64.
const exact = 15

func (r *Reader) keys(ctx context.Context, m *statement.Manifest, column int) (*keys, error) {
	numeric := m.Columns[column].Numeric()
	k := &keys{}
	size := 0
	s := r.Runner.Scan(ctx, m, 0)
	defer s.Close()
	for s.Next() {
		value, ok := s.Value(column)
		if size += len(value); size > maxKeys || len(k.nulls) == MaxSorted {
			return nil, tooLargeToSort()
		}
		k.nulls = append(k.nulls, !ok)
		var text []byte
		if numeric {
			f, err := strconv.ParseFloat(string(value), 64)
			if err != nil {
				f = 0 // NULL: what is no number is no value of a numeric column
			}
			k.numbers = append(k.numbers, f)
			if len(value) > exact {
				text = bytes.Clone(value)
			}
		} else {
			text = bytes.Clone(value)
		}
		k.texts = append(k.texts, text)
	}
	return k, s.Err()
}

func (k *keys) compare(descending bool) func(a, b int32) int {
	sign := 1
	if descending {
		sign = -1
	}
	return func(a, b int32) int {
		switch {
		case k.nulls[a] && k.nulls[b]:
			return 0
		case k.nulls[a]:
			return 1
		case k.nulls[b]:
			return -1
		case k.numbers == nil:
			return sign * bytes.Compare(k.texts[a], k.texts[b])
		}
		if order := cmp.Compare(k.numbers[a], k.numbers[b]); order != 0 {
			return sign * order
		}
		return sign * compareDigits(k.texts[a], k.texts[b])
	}
}

// compareDigits tells two long numbers apart that are the same float64: with the same sign and length the digits decide.
func compareDigits(a, b []byte) int {
	if len(a) == 0 || len(b) == 0 || len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	if a[0] == '-' {
		return bytes.Compare(b, a)
	}
	return bytes.Compare(a, b)
}
