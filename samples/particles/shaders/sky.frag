in vec3 v_ray;

out vec4 o_colour;

float star(vec3 dir) {
	vec3 cell = floor(dir * 170.0);
	vec3 p = fract(cell * vec3(0.1031, 0.1030, 0.0973));
	p += dot(p, p.yxz + 33.33);
	float chance = fract((p.x + p.y) * p.z);
	vec3 off = fract(dir * 170.0) - 0.5;
	return step(0.9965, chance) * smoothstep(0.22, 0.02, dot(off, off)) * (chance - 0.9965) * 285.0;
}

void main() {
	vec3 dir = normalize(v_ray);
	vec3 c = sky(dir) + vec3(0.9, 0.95, 1.0) * (star(dir) * clamp(dir.y * 6.0, 0.0, 1.0));
	o_colour = vec4(screen(c), 1.0);
}
