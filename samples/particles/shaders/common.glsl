#version 330 core

// Dusk. Colours are linear; the screen gets their square root.
const vec3 west = normalize(vec3(0.80, 0.02, -0.60));

vec3 sky(vec3 dir) {
	float h = max(dir.y, 0.0);
	float w = max(dot(dir, west), 0.0);
	vec3 low = mix(vec3(0.055, 0.07, 0.14), vec3(0.85, 0.26, 0.09), w * w * w);
	vec3 mid = mix(vec3(0.022, 0.034, 0.085), vec3(0.16, 0.10, 0.17), w);
	vec3 c = mix(mid, low, 1.0 / (1.0 + h * 14.0));
	return mix(c, vec3(0.006, 0.011, 0.035), h * (2.0 - h));
}

vec3 screen(vec3 c) {
	return sqrt(c * (1.08 / (c * 0.5 + 0.62)));
}
