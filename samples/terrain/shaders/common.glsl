#version 330 core

// The morning's light. Colours are linear; the screen gets their square root.
const vec3 sun_dir = normalize(vec3(0.62, 0.36, -0.45));
const vec3 sun_colour = vec3(2.2, 1.75, 1.25);

// The air near the ground; s is how near to the sun, 0 to 1.
vec3 haze(float s) {
	s *= s;
	return mix(vec3(0.50, 0.60, 0.73), vec3(1.00, 0.74, 0.48), s * (0.3 + 0.7 * s));
}

vec3 sky(vec3 dir) {
	float h = clamp(dir.y * 1.9, 0.0, 1.0);
	return mix(haze(max(dot(dir, sun_dir), 0.0)), vec3(0.13, 0.27, 0.54), h * (2.0 - h));
}

// A colour seen through the air from a distance along a direction.
vec3 through_air(vec3 c, vec3 dir, float dist) {
	float d = dist * 0.00021;
	float clear = 1.0 / (1.0 + d * (0.5 + d * 1.6));
	return mix(haze(max(dot(dir, sun_dir), 0.0)), c, clear);
}

vec3 screen(vec3 c) {
	return sqrt(c * (1.12 / (c * 0.5 + 0.72)));
}
