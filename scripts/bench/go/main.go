// Command bench does with Go's standard library what pprofql does with goroutine dumps and heap
// profiles, to be timed beside it. It reads lines "dump FILE" and "heap FILE" and answers each with
// the nanoseconds one analysis took, the file already in memory, and the number of rows it found.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	files := map[string][]byte{}
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		kind, path, _ := strings.Cut(requests.Text(), " ")
		if files[path] == nil {
			content, err := os.ReadFile(path)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			files[path] = content
		}
		start := time.Now()
		rows := 0
		if kind == "dump" {
			rows = analyzeDump(string(files[path]))
		} else {
			rows = analyzeHeap(files[path])
		}
		fmt.Println(time.Since(start).Nanoseconds(), rows)
	}
}
