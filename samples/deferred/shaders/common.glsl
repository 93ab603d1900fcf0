#version 330 core

const vec3 moon_dir = normalize(vec3(-0.52, 0.66, 0.54));
const vec3 moon_colour = vec3(0.50, 0.60, 0.86);
