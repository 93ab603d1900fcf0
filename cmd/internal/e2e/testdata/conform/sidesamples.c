/* The same where pixels have several samples, which nodes cannot give back to each other. */
#define CONFORM_SAMPLES 4
#include "sideeffects.c"
