// SPDX-License-Identifier: Apache-2.0
//
// The first rows of bench/run with goroutines and channels: bench NAME prints `bench NAME Microseconds Check`.
package main

import (
	"fmt"
	"os"
	"time"
)

// spawn and a message back, one by one
func spawns(n int) int {
	done := make(chan int)
	sum := 0
	for i := 0; i < n; i++ {
		go func() { done <- 1 }()
		sum += <-done
	}
	return sum
}

// all at once, each sends one message
func spawnAll(n int) int {
	c := make(chan int)
	for i := 1; i <= n; i++ {
		i := i
		go func() { c <- i }()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-c
	}
	return sum
}

func pingPong(n int) int {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for i := range ping {
			pong <- i
		}
	}()
	for i := 0; i < n; i++ {
		ping <- i
		<-pong
	}
	close(ping)
	return n
}

func ring(count, hops int) int {
	first := make(chan int)
	in := first
	for i := 1; i < count; i++ {
		out := make(chan int)
		go func(in, out chan int) {
			for n := range in {
				if n == 0 {
					out <- 0
					return
				}
				out <- n - 1
			}
		}(in, out)
		in = out
	}
	go func() { first <- hops }()
	for n := range in {
		if n == 0 {
			return 0
		}
		first <- n - 1
		if n == 1 {
			break
		}
	}
	for n := range in {
		return n
	}
	return 0
}

func run(name string, part int) int {
	switch name {
	case "spawn":
		return spawns(1000000 / part)
	case "spawn_all":
		return spawnAll(500000 / part)
	case "ping_pong":
		return pingPong(1000000 / part)
	case "ring":
		return ring(1000, 1000000/part)
	}
	panic("no such work: " + name)
}

func main() {
	name := os.Args[1]
	run(name, 100)
	begin := time.Now()
	check := run(name, 1)
	fmt.Printf("bench %s %d %d\n", name, time.Since(begin).Microseconds(), check)
}
