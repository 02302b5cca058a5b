// The peer of the bus bench: reads `count` holding registers from address 0, `requests` times, one in flight, with libmodbus.
// cc -O2 libmodbus-client.c $(pkg-config --cflags --libs libmodbus) -o libmodbus-client && ./libmodbus-client HOST PORT COUNT REQUESTS
// Prints {"requests":N,"seconds":S,"cpu_seconds":S}; exit code 1 where a read failed.
#include <errno.h>
#include <modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s HOST PORT COUNT REQUESTS\n", argv[0]);
    return 2;
  }
  int count = atoi(argv[3]);
  long requests = atol(argv[4]);
  uint16_t registers[MODBUS_MAX_READ_REGISTERS];
  modbus_t *bus = modbus_new_tcp(argv[1], atoi(argv[2]));
  if (bus == NULL || count < 1 || count > MODBUS_MAX_READ_REGISTERS || modbus_connect(bus) != 0) {
    fprintf(stderr, "cannot connect: %s\n", modbus_strerror(errno));
    return 1;
  }
  modbus_set_slave(bus, 1);
  double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < requests; i++) {
    if (modbus_read_registers(bus, 0, count, registers) != count) {
      fprintf(stderr, "read failed: %s\n", modbus_strerror(errno));
      return 1;
    }
  }
  wall = now(CLOCK_MONOTONIC) - wall;
  cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("{\"requests\":%ld,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n", requests, wall, cpu);
  modbus_close(bus);
  modbus_free(bus);
  return 0;
}
