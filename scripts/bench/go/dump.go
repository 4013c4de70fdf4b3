package main

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
)

type dumpGroup struct {
	members  int
	state    string
	wait     string
	minutes  int
	topFunc  string
	lines    []string
	category string
}

// keyLines is how many lines of a stack tell groups apart.
const keyLines = 10

var headerPattern = regexp.MustCompile(`goroutine \d+ \[([^\]]+)\]:`)

var workerNames = []string{
	"requestWorker", "collectLoop", "cleanupWorker", "startCleanup", "cleanupOldTraces", "monitorLoop",
	"startAccumulatorMapCleanup", "StartHeartbeat", "time.Sleep", "runtime.gopark", "sync.(*Cond).Wait",
	"net/http.(*persistConn)", "internal/poll.runtime_pollWait",
}

var requestNames = []string{
	"PreLLMHook", "PostLLMHook", "PreMCPHook", "PostMCPHook", "HTTPTransportPreHook", "HTTPTransportPostHook",
	"CompleteAndFlushTrace", "ProcessAndSend", "handleProvider", "Inject", "insertInitialLogEntry",
	"updateLogEntry", "retryOnNotFound", "BroadcastLogUpdate",
}

// analyzeDump groups, categorizes and sorts the goroutines of a dump, and returns the number of groups.
func analyzeDump(dump string) int {
	byKey := map[string]*dumpGroup{}
	for _, block := range strings.Split(dump, "goroutine ") {
		group := parseBlock(strings.TrimSpace(block))
		if group == nil {
			continue
		}
		shown := group.lines
		if len(shown) > keyLines {
			shown = shown[:keyLines]
		}
		key := group.state + "|" + strings.Join(shown, "|")
		if known := byKey[key]; known != nil {
			known.members++
		} else {
			byKey[key] = group
		}
	}
	groups := make([]*dumpGroup, 0, len(byKey))
	longWaiting, stuck := 0, 0
	for _, group := range byKey {
		group.minutes = minutesOf(group.wait)
		group.category = categoryOf(group.lines)
		if group.minutes >= 1 {
			longWaiting += group.members
			if group.category == "per-request" {
				stuck += group.members
			}
		}
		groups = append(groups, group)
	}
	sort.Slice(groups, func(i, j int) bool { return isMoreSuspicious(groups[i], groups[j]) })
	return len(groups)
}

func parseBlock(block string) *dumpGroup {
	if block == "" {
		return nil
	}
	header := headerPattern.FindStringSubmatch("goroutine " + block)
	if header == nil {
		return nil
	}
	state, wait, _ := strings.Cut(header[1], ",")
	group := &dumpGroup{members: 1, state: strings.TrimSpace(state), wait: strings.TrimSpace(wait)}
	for _, line := range strings.Split(block, "\n")[1:] {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if group.topFunc == "" && !strings.HasPrefix(line, "/") && !strings.Contains(line, ".go:") {
			group.topFunc = line
		}
		group.lines = append(group.lines, line)
	}
	if len(group.lines) == 0 {
		return nil
	}
	return group
}

func minutesOf(wait string) int {
	if wait == "" {
		return 0
	}
	for _, unit := range []struct {
		pattern string
		minutes float64
	}{{`(\d+)\s*minute`, 1}, {`(\d+)\s*hour`, 60}, {`(\d+)\s*second`, 1.0 / 60}} {
		match := regexp.MustCompile(unit.pattern).FindStringSubmatch(wait)
		if match == nil {
			continue
		}
		if amount, err := strconv.Atoi(match[1]); err == nil {
			return int(float64(amount) * unit.minutes)
		}
	}
	return 0
}

func categoryOf(lines []string) string {
	stack := strings.Join(lines, " ")
	for _, name := range workerNames {
		if strings.Contains(stack, name) {
			return "background"
		}
	}
	for _, name := range requestNames {
		if strings.Contains(stack, name) {
			return "per-request"
		}
	}
	return "unknown"
}

func isMoreSuspicious(a, b *dumpGroup) bool {
	aStuck := a.category == "per-request" && a.minutes >= 1
	bStuck := b.category == "per-request" && b.minutes >= 1
	if aStuck != bStuck {
		return aStuck
	}
	if a.minutes != b.minutes {
		return a.minutes > b.minutes
	}
	return a.members > b.members
}
