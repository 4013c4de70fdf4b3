module pprofql.dev/bench

go 1.19
