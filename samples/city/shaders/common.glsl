#version 330 core

// The evening's light. Colours are linear; the screen gets their square root.
const vec3 sun_dir = normalize(vec3(-0.62, 0.30, 0.42));
const vec3 sun_colour = vec3(2.15, 1.52, 0.92);
const vec3 sky_up = vec3(0.16, 0.27, 0.47);
const vec3 haze_cool = vec3(0.42, 0.46, 0.55);
const vec3 haze_warm = vec3(1.00, 0.62, 0.34);

// Colour of the air far away in a direction (not necessarily of length 1 in y).
vec3 haze(vec3 dir) {
	float s = max(dot(dir, sun_dir), 0.0);
	s *= s;
	return mix(haze_cool, haze_warm, s * (0.35 + 0.65 * s));
}

vec3 sky(vec3 dir) {
	float h = clamp(dir.y * 2.2, 0.0, 1.0);
	return mix(haze(dir), sky_up, h * (2.0 - h));
}

vec3 screen(vec3 c) {
	return sqrt(c * (1.12 / (c * 0.5 + 0.72)));
}
