//go:build pprof

package main

import (
	"bytes"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

type heapRow struct {
	bytes, objects int64
	stack          []string
}

const tableRows = 50

// analyzeHeap makes the cumulative and the live table of a heap profile, and returns their rows.
func analyzeHeap(content []byte) int {
	parsed, err := profile.Parse(bytes.NewReader(content))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	column := map[string]int{}
	for index, sampleType := range parsed.SampleType {
		column[sampleType.Type] = index
	}
	cumulative, live := map[string]*heapRow{}, map[string]*heapRow{}
	for _, sample := range parsed.Sample {
		stack := stackOf(sample)
		if len(stack) == 0 {
			continue
		}
		key := strings.Join(stack, "\n")
		addTo(cumulative, key, stack, sample.Value[column["alloc_space"]], sample.Value[column["alloc_objects"]])
		size, objects := sample.Value[column["inuse_space"]], sample.Value[column["inuse_objects"]]
		if size != 0 || objects != 0 {
			addTo(live, key, stack, size, objects)
		}
	}
	return len(topOf(cumulative)) + len(topOf(live))
}

func stackOf(sample *profile.Sample) []string {
	stack := make([]string, 0, len(sample.Location)*2)
	for _, location := range sample.Location {
		if len(location.Line) == 0 || location.Line[0].Function == nil {
			continue
		}
		line := location.Line[0]
		place := "\t" + line.Function.Filename + ":" + strconv.FormatInt(line.Line, 10)
		stack = append(stack, line.Function.Name, place)
	}
	return stack
}

func addTo(rows map[string]*heapRow, key string, stack []string, size, objects int64) {
	row := rows[key]
	if row == nil {
		row = &heapRow{stack: stack}
		rows[key] = row
	}
	row.bytes += size
	row.objects += objects
}

func topOf(rows map[string]*heapRow) []*heapRow {
	sorted := make([]*heapRow, 0, len(rows))
	for _, row := range rows {
		sorted = append(sorted, row)
	}
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].bytes > sorted[j].bytes })
	if len(sorted) > tableRows {
		sorted = sorted[:tableRows]
	}
	return sorted
}
